"""Every URL × method × person: what is asked (`urls`), by whom (`people`) and what must be answered (`table`)."""
