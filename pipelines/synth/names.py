"""Names for invented people: pools of forenames and surnames as heard in Tayside.

Belongs here: the pools, nicknames, and how a name gets misspelt. Does not belong here: who has which name.
Every name can be written in Windows-1252.
"""

import unicodedata

import numpy as np

_OLD_MALE = (
    "James John William Robert George Alexander David Thomas Charles Ian Norman Kenneth Ronald Douglas Alan Andrew "
    "Peter Donald Gordon Hugh Angus Stewart Archibald Duncan Walter Malcolm Francis Raymond Brian Albert"
)
_OLD_FEMALE = (
    "Margaret Mary Elizabeth Catherine Agnes Helen Jean Isabella Annie Janet Jessie Christina Dorothy Sheila Moira "
    "Isobel Patricia Irene Marion Anne Barbara Evelyn Norma Jeannie Euphemia Doreen Maureen Effie Morag Wilma"
)
_MIDDLE_MALE = (
    "David Paul Mark Andrew Steven Scott Craig Stuart Colin Graeme Iain Neil Kevin Derek Gary Barry Grant Keith "
    "Fraser Euan Ross Gavin Alasdair Seán Murdo Hamish Roderick Callum Gregor Martin Christopher Michael Stephen"
)
_MIDDLE_FEMALE = (
    "Karen Susan Fiona Alison Lorraine Jacqueline Linda Angela Lesley Gillian Heather Shona Mhairi Kirsty Lynne "
    "Siân Catriona Elaine Sandra Carol Tracey Michelle Nicola Joanne Yvonne Eilidh Rhona Renée Zoë Ailsa Morven Pamela"
)
_YOUNG_MALE = (
    "Jack Lewis Logan Finlay Harris Rory Jamie Connor Liam Ryan Kyle Aiden Cameron Lachlan Angus Brodie Alfie Noah "
    "Oliver Leo Oscar Archie Theo Max Rowan Innes José André Mateusz Mohammed Arjun Kai Struan Fergus"
)
_YOUNG_FEMALE = (
    "Olivia Emily Isla Sophie Ava Freya Ella Millie Chloë Lucy Skye Orla Erin Niamh Zara Aria Maisie Ruby Grace Evie "
    "Amelia Harper Iona Rosie Hannah Abbie Caitlin Zofia Noémie Aisha Priya Màiri Catrìona Ciara"
)
_SURNAMES = (
    "Smith Brown Wilson Robertson Thomson Campbell Stewart Anderson Scott Murray MacDonald Reid Taylor Clark Mitchell "
    "Ross Walker Paterson Young Watson Morrison Miller Fraser Davidson Gray McDonald Henderson Johnston Hamilton Graham "
    "Kerr Simpson Martin Ferguson Cameron Duncan Hunter Kelly Bell Grant Mackenzie Mackay Allan Black McLean MacLeod "
    "Gordon Russell Wallace Cunningham Gibson Bruce Kennedy Wood Hughes Sutherland Marshall Stevenson Boyle Crawford "
    "Milne Burns Rennie Christie Low Lowson Ogilvie Lindsay Carnegie Guthrie Arbuthnott Strachan Spalding Ramsay Lyon "
    "Fyfe Nicoll Petrie Cargill Cathro Coutts Cuthbert Dalgety Dewar Doig Drummond Dunbar Esplin Fairweather Farquhar "
    "Fenton Findlay Fleming Forbes Fotheringham Geekie Gellatly Gilruth Gow Haggart Hay Herd Hood Howie Imrie Ireland "
    "Jack Jamieson Keillor Kidd Kinnear Kydd Laing Lamb Lawson Leslie Lamond Lumsden Lundie Lyall Malcolm Mands Mather "
    "Mathieson Maule Mearns Meldrum Melville Menzies Moncur Moncrieff Mudie Myles Neave Ness Norrie Oram Orchison Osler "
    "Panton Paton Peebles Peddie Philip Pirie Pitkeathly Playfair Porter Prain Pullar Rae Rattray Ritchie Rollo Roy "
    "Salmond Samson Scrimgeour Scrymgeour Shepherd Sim Sinclair Skene Small Soutar Spark Speed Spence Stirling Stormonth "
    "Strathie Sturrock Swan Symon Tasker Telfer Thain Tosh Turnbull Tyrie Urquhart Valentine Wann Webster Wedderburn "
    "Whamond Whyte Will Winter Yeaman Yule McIntosh McGregor McKay McIntyre McPherson McNicoll McLaren McDougall McFarlane "
    "MacGillivray MacKinnon MacLachlan McAllister McBain McCabe McEwan McGlashan McInroy McQueen O'Neill O'Donnell "
    "Kowalski Nowak Wójcik Müller Fernández D'Arcy Singh Khan Ahmed Hussain Patel Sharma Chen Wong Okafor Popescu "
    "Böhm Lefèvre Gonçalves Ivanova Rossi Coia Nardini Franchitti Fusco Valente Forte Jørgensen"
)
FORENAME_GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(names.split()) for names in (_OLD_MALE, _OLD_FEMALE, _MIDDLE_MALE, _MIDDLE_FEMALE, _YOUNG_MALE, _YOUNG_FEMALE)
)
"""Forenames by era (born before 1955, before 1990, since) and sex: group = 2 × era + (0 male, 1 female)."""
FORENAMES: tuple[str, ...] = tuple(name for group in FORENAME_GROUPS for name in group)
GROUP_STARTS: tuple[int, ...] = tuple(int(n) for n in np.cumsum([0, *map(len, FORENAME_GROUPS)])[:-1])
_BASE = tuple(dict.fromkeys(_SURNAMES.split()))
SURNAMES: tuple[str, ...] = _BASE + tuple(f"{a}-{b}" for a, b in zip(_BASE[:120], _BASE[60:180], strict=True))
"""Single surnames first, in falling frequency, then double-barrelled ones."""
SINGLE_SURNAMES = len(_BASE)
NICKNAMES = {
    "James": "Jimmy", "John": "Jock", "William": "Bill", "Robert": "Bob", "Alexander": "Sandy", "Thomas": "Tam",
    "Charles": "Charlie", "Kenneth": "Kenny", "Ronald": "Ron", "Andrew": "Andy", "Margaret": "Peggy", "Mary": "May",
    "Elizabeth": "Betty", "Catherine": "Cathy", "Agnes": "Nancy", "Helen": "Nell", "Isabella": "Bella", "Janet": "Jenny",
    "Christina": "Chrissie", "Dorothy": "Dot", "Patricia": "Pat", "Margaretta": "Greta", "David": "Davie", "Steven": "Steve",
    "Michael": "Mike", "Christopher": "Chris", "Susan": "Sue", "Jacqueline": "Jackie", "Gillian": "Gill", "Catriona": "Cat",
    "Archibald": "Archie", "Walter": "Wattie", "Francis": "Frank", "Douglas": "Doug", "Evelyn": "Eve", "Maureen": "Mo",
}  # fmt: skip


def misspelt(name: str, rng: np.random.Generator) -> str:
    """The name with one slip of the fingers: two letters swapped, one lost, one doubled or one wrong."""
    if len(name) < 3:
        return name + name[-1]
    at = int(rng.integers(1, len(name) - 1))
    slip = int(rng.integers(4))
    if slip == 0 and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if slip == 1:
        return name[:at] + name[at + 1 :]
    if slip == 2:
        return name[: at + 1] + name[at:]
    return name[:at] + "aeiou"[(ord(name[at]) + 1) % 5] + name[at + 1 :]


def without_accents(name: str) -> str:
    """The name in plain letters, as a system that knows no others keeps it."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
