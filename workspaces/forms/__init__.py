"""Shape and type of what people type into pages of this app."""
