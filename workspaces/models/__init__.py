"""The rows of the floor where people work together."""

from workspaces.models.conversations import Attachment, Conversation, ConversationGrant, Message, SharedLink
from workspaces.models.mates import Mate, MateGrant, MateTool, WorkspaceMate
from workspaces.models.rooms import Milestone, Progress, Room, RoomGrant, RoomTool
from workspaces.models.tools import Authorized, Everyone, Level, Tool, ToolGrant
from workspaces.models.workspaces import Circle, Visibility, Workspace, WorkspaceGrant

__all__ = [
    "Attachment",
    "Authorized",
    "Circle",
    "Conversation",
    "ConversationGrant",
    "Everyone",
    "Level",
    "Mate",
    "MateGrant",
    "MateTool",
    "Message",
    "Milestone",
    "Progress",
    "Room",
    "RoomGrant",
    "RoomTool",
    "SharedLink",
    "Tool",
    "ToolGrant",
    "Visibility",
    "Workspace",
    "WorkspaceGrant",
    "WorkspaceMate",
]
