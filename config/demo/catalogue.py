"""What the demo organizations may choose from: models with prices, integrations and use cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the demo's chat platform; prices are nano-USD per token, thousand tokens are usual sizes."""

    name: str
    title: str
    nanos_in: int
    nanos_out: int
    usual_in: int
    usual_out: int


# Every price is a multiple of the cheapest one, so that any round total can be met by whole tokens.
MODELS = (
    Model("advanced-reasoning", "Advanced Reasoning", 15_000, 75_000, 8_500, 2_900),
    Model("standard-creative", "Standard Creative", 10_000, 40_000, 5_200, 2_100),
    Model("balanced-creative", "Balanced Creative", 6_000, 24_000, 4_600, 1_700),
    Model("premium-creative", "Premium Creative", 18_000, 90_000, 6_200, 2_600),
    Model("research-optimized", "Research Optimized", 12_000, 60_000, 16_000, 3_100),
    Model("fast-iteration", "Fast Iteration", 1_000, 5_000, 3_800, 900),
    Model("efficient-basic", "Efficient Basic", 250, 1_250, 2_600, 800),
)
CHEAPEST = min(MODELS, key=lambda model: model.nanos_in)
BY_NAME = {model.name: model for model in MODELS}

# Who may talk to what, in the words of the usage policy.
GENERAL_STAFF = ("advanced-reasoning", "standard-creative", "balanced-creative")
LEADERSHIP = ("premium-creative",)
RESEARCH_TEAM = ("research-optimized", "fast-iteration")
INTERNS = ("efficient-basic",)

INTEGRATIONS = {
    "team-chat": "Team Chat",
    "productivity-suite": "Productivity Suite",
    "crm": "CRM",
    "code-host": "Code Host",
    "ticketing": "Ticketing",
}
USE_CASES = {
    "analysis": "Analysis",
    "content": "Content",
    "code": "Code",
    "research": "Research",
    "translation": "Translation",
    "planning": "Planning",
}
RESTRICTED_USE_CASES = (
    "personal_non_work_content",
    "competing_business_analysis",
    "confidential_customer_data_without_approval",
)
