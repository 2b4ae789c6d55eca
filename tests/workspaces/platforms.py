"""A process that asks for decisions by HTTP's way through Steward: a line in, how many of five answers allowed out."""

import sys


def main(secret: str, body: str) -> None:
    import django

    django.setup()
    from django.test import Client

    line = Client(headers={"Authorization": f"Bearer {secret}"})
    for _ in sys.stdin:
        asked = [line.post("/access/v1/evaluation", body, content_type="application/json").json() for _ in range(5)]
        print(sum(answer["decision"] for answer in asked), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
