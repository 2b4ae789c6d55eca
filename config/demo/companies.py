"""Northwind, which is large and on the Enterprise edition, and Fabrikam, which is neither."""

from __future__ import annotations

from config.demo.people import Plot, Team

ENGINEERS = ("Software Engineer", "Senior Software Engineer", "Staff Engineer")
NORTHWIND = Plot(
    name="Northwind",
    slug="northwind",
    zone="Europe/Berlin",
    edition="enterprise",
    domain="northwind.example",
    teams=(
        Team("Executive Office", "Management", ("Chief of Staff", "Director"), 6, owners=2, viewers=2, lead=False),
        Team("Platform", "Engineering", ENGINEERS, 18, interns=2, workspace="Platform Runbooks"),
        Team("Search", "Engineering", ENGINEERS, 16, interns=1, workspace="Search Relevance", private=True),
        Team("Mobile", "Engineering", ENGINEERS, 14, interns=1, workspace="Mobile Releases", private=True),
        Team("Data Engineering", "Engineering", ("Data Engineer", "Analytics Engineer"), 12, interns=1),
        Team("Quality", "Engineering", ("Test Engineer", "Release Manager"), 10),
        Team(
            "Applied Research",
            "Research",
            ("Research Scientist", "Research Engineer"),
            14,
            interns=1,
            workspace="Research Notebook",
            private=True,
        ),
        Team("Data Science", "Research", ("Data Scientist", "Statistician"), 12, workspace="Customer Insights"),
        Team("Product Management", "Product", ("Product Manager", "Product Analyst"), 12, interns=1),
        Team("Design", "Product", ("Product Designer", "User Researcher"), 12, workspace="Design System"),
        Team(
            "Enterprise Sales",
            "Sales",
            ("Account Executive", "Solutions Consultant"),
            16,
            workspace="Enterprise Deals",
            private=True,
        ),
        Team("Inside Sales", "Sales", ("Sales Representative", "Sales Development"), 14, interns=1),
        Team("Partnerships", "Sales", ("Partner Manager",), 8),
        Team("Content", "Marketing", ("Content Strategist", "Editor", "Copywriter"), 12, workspace="Brand Voice"),
        Team(
            "Growth", "Marketing", ("Growth Analyst", "Campaign Manager"), 10, interns=1, lead=False, led_by="Content"
        ),
        Team("Onboarding", "Customer Success", ("Customer Success Manager", "Trainer"), 12),
        Team("Support", "Customer Success", ("Support Specialist",), 18, viewers=2, workspace="Support Answers"),
        Team("Accounting", "Finance", ("Accountant", "Controller"), 10, viewers=3),
        Team("Planning", "Finance", ("Financial Analyst",), 8, viewers=2, workspace="Budget Planning", private=True),
        Team("Talent", "People", ("Recruiter",), 8, viewers=1, interns=1, workspace="Hiring", private=True),
        Team("People Operations", "People", ("People Partner", "Payroll Specialist"), 8, admins=1, viewers=1),
        Team("IT Operations", "IT", ("Systems Administrator", "IT Specialist"), 10, admins=2),
        Team("Security", "IT", ("Security Engineer",), 6, admins=1, workspace="Security Reviews", private=True),
        Team("Counsel", "Legal", ("Legal Counsel", "Paralegal"), 8, viewers=2),
    ),
    guests=(
        ("Applied Research", "Visiting Scientist", 85, "user"),
        ("Applied Research", "Visiting Scientist", 5, "user"),
        ("Design", "Agency Designer", 75, "user"),
        ("Enterprise Sales", "Implementation Partner", 40, "user"),
        ("Content", "Freelance Editor", 60, "user"),
        ("Security", "External Auditor", 30, "viewer"),
    ),
    guest_domain="contoso.example",
    suspended=(12, 23, 47, 66, 101),
    removed=(41, 58, 77),
    open_workspaces=("Company Knowledge", "Prompt Exchange", "Writing Circle"),
)
FABRIKAM = Plot(
    name="Fabrikam",
    slug="fabrikam",
    zone="America/Chicago",
    edition="business",
    domain="fabrikam.example",
    teams=(
        Team("Front Office", "Management", ("Office Manager",), 4, owners=2, viewers=1, lead=False),
        Team(
            "Logistics",
            "Operations",
            ("Dispatcher", "Logistics Planner"),
            6,
            viewers=1,
            workspace="Delivery Desk",
            private=True,
        ),
        Team("Systems", "Operations", ("IT Specialist",), 3, admins=2),
        Team("Storefront", "Commerce", ("Sales Associate", "Merchandiser"), 6, interns=1, workspace="Shop Floor"),
        Team("Campaigns", "Commerce", ("Marketing Specialist",), 3, lead=False, led_by="Storefront"),
    ),
    guests=(
        ("Logistics", "Carrier Liaison", 45, "user"),
        ("Storefront", "External Bookkeeper", 90, "viewer"),
    ),
    guest_domain="adventureworks.example",
    suspended=(9, 50),
    removed=(64,),
    open_workspaces=("Handbook",),
    small=True,
)
