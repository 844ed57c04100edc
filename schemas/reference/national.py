"""The published national tables, with their own headers.

Belongs here: the columns we use of files that others publish; further columns are ignored. Does not belong here: our own
tables.
"""

from schemas.codes import EstimateSex
from schemas.table import Table, column
from schemas.types import Count, Day, Series, Text


class DataZones(Table):
    """2011 data zones of Scotland, as published."""

    DataZone: Series[Text] = column("2011 data zone", required=True, unique=True)
    CA: Series[Text] = column("council area", required=True)
    HSCP: Series[Text] = column("partnership", required=True)
    HSCPName: Series[Text] = column("partnership in words")
    HB: Series[Text] = column("health board", required=True)


class Localities(Table):
    """Localities of partnerships, as published. Some councils are missing from the national file."""

    DataZone: Series[Text] = column("2011 data zone", required=True, unique=True)
    SubHSCP: Series[Text] = column("code of the locality")
    SubHSCPName: Series[Text] = column("locality", required=True)


class Simd(Table):
    """Scottish Index of Multiple Deprivation 2020 version 2, as published."""

    DataZone: Series[Text] = column("2011 data zone", required=True, unique=True)
    SIMD2020V2Rank: Series[Count] = column("rank, 1 = most deprived", required=True)
    SIMD2020V2CountryQuintile: Series[Count] = column("fifth of Scotland, 1 = most deprived", required=True)


class PopulationEstimate(Table):
    """Residents by data zone, sex and single year of age, as published; total rows are not people."""

    Year: Series[Count] = column("mid-year", required=True)
    DataZone: Series[Text] = column("2011 data zone", required=True)
    Sex: Series[Text] = column("Male, Female (All is a total)", required=True, codes=EstimateSex)
    Age: Series[Text] = column("single year of age, 90 = 90 and over (All is a total)", required=True, pattern=r"^(\d+|All)$")
    Population: Series[Count] = column("residents", required=True)


class Postcodes(Table):
    """The national postcode directory: a postcode may live more than once."""

    Postcode: Series[Text] = column("postcode in any form", required=True)
    DateOfIntroduction: Series[Day] = column("first day of this life")
    DateOfDeletion: Series[Day] = column("last day of this life; blank = still")
    DataZone2011Code: Series[Text] = column("2011 data zone")
