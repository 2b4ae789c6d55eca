"""Made-up names of people, by family of languages, enough for both demo organizations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import islice
from random import Random

# Each line: first names, then family names. The last two family names of a line are Fabrikam's alone.
NAMES = (
    (
        "Anna Lukas Sophie Jonas Lena Maximilian Katharina Felix Johanna Tobias Miriam Stefan",
        "Keller Brandt Vogel Hartmann Lindner Seidel Krüger Winkler Albrecht Förster Busch Ritter",
    ),
    (
        "Emily James Charlotte Oliver Grace Henry Amelia Thomas Hannah Edward Ruth Samuel",
        "Bennett Carter Hughes Whitfield Marsh Holloway Fletcher Ainsworth Porter Blackwood Ellison Thorne",
    ),
    (
        "Camille Julien Élodie Mathieu Chloé Antoine Manon Hugo Inès Baptiste Juliette Rémi",
        "Moreau Lefèvre Girard Fontaine Chevalier Marchand Renaud Delacroix Perrin Barbier Vasseur Picard",
    ),
    (
        "Lucía Diego Carmen Javier Valentina Mateo Paula Andrés Elena Rafael Marisol Iván",
        "Navarro Ortega Delgado Morales Castillo Herrera Vidal Fuentes Serrano Ibáñez Quintana Salazar",
    ),
    (
        "Giulia Marco Francesca Alessandro Chiara Davide Martina Lorenzo Silvia Matteo Paola Enzo",
        "Ricci Conti Gallo Moretti Ferrara Bianchi Colombo Santoro Marchetti Rinaldi Orlandi Bellini",
    ),
    (
        "Ingrid Erik Astrid Magnus Freja Lars Sigrid Nils Maja Oskar Linnea Gustav",
        "Lindqvist Bergström Dahl Nygaard Sørensen Holm Ekström Solberg Lund Hansen Falk Vinter",
    ),
    (
        "Agnieszka Tomasz Zofia Piotr Ewa Michał Kasia Jakub Magda Paweł Jana Radek",
        "Kowalski Nowak Zieliński Wójcik Mazur Dvořák Novotný Havel Szymański Kaczmarek Sokol Jelinek",
    ),
    (
        "Priya Arjun Ananya Rohan Kavita Vikram Meera Sanjay Nisha Aditya Divya Karthik",
        "Sharma Patel Iyer Reddy Kapoor Nair Banerjee Desai Mehta Chatterjee Rao Menon",
    ),
    (
        "Mei Wei Xinyi Jun Lan Hao Yuki Kenji Haruka Takumi Minji Seojun",
        "Chen Wang Zhang Liu Huang Tanaka Sato Nakamura Kim Park Yamamoto Choi",
    ),
    (
        "Amina Kwame Zainab Chidi Ngozi Tunde Fatou Kofi Adaeze Sekou Wanjiru Themba",
        "Okafor Mensah Adeyemi Diallo Nkosi Boateng Kamau Traoré Eze Abiola Mwangi Dlamini",
    ),
    (
        "Layla Omar Yasmin Karim Nour Tariq Leila Samir Hanan Bilal Rania Yusuf",
        "Haddad Mansour Khalil Nasser Farouk Aziz Rahman Saleh Demir Yılmaz Kaya Aydın",
    ),
    (
        "Beatriz João Mariana Tiago Rita Pedro Isabela Caio Teresa Bruno Larissa Nuno",
        "Almeida Barbosa Carvalho Moreira Teixeira Pinto Ribeiro Cardoso Nogueira Duarte Azevedo Fonseca",
    ),
)
PLAIN = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "ß": "ss"})


def ascii_of(name: str) -> str:
    """`name` as it stands in an e-mail address: lower case, no accents, a dot between the words."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(PLAIN))
    return ".".join("".join(c for c in plain if c.isascii() and (c.isalnum() or c == " ")).split())


def people(rng: Random, how_many: int, *, reserved: bool) -> list[str]:
    """`how_many` different full names; `reserved` ones share no family name with the others."""
    groups = [_pairs(rng, line, reserved=reserved) for line in NAMES]
    names = list(islice(_in_turn(groups), how_many))
    rng.shuffle(names)
    return names


def _pairs(rng: Random, line: tuple[str, str], *, reserved: bool) -> list[str]:
    firsts, families = line[0].split(), line[1].split()
    families = families[-2:] if reserved else families[:-2]
    pairs = [f"{first} {family}" for first in firsts for family in families]
    rng.shuffle(pairs)
    return pairs


def _in_turn(groups: list[list[str]]) -> Iterator[str]:
    for row in zip(*groups, strict=True):
        yield from row
