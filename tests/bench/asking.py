"""One process that answers as a request would, for figure A5: a line in, how many of five answers allowed out."""

import sys

import django


def main() -> None:
    django.setup()
    from orgs.access import Action, check
    from orgs.models import Member

    members = Member.objects.select_related("org", "user")
    for _ in sys.stdin:
        answers = [check(members.get(pk=int(sys.argv[1])), Action.MODEL_USE) for _ in range(5)]
        print(sum(answer.allowed for answer in answers), flush=True)


if __name__ == "__main__":
    main()
