"""The closed lists of the analysis tables: whose cost is looked at, where, of what age, by which measure.

Belongs here: each list once, with what each of its values means. Does not belong here: lists that other tables use (`codes.py`).
"""

from schemas.codes import Code


class FiveYearBand(Code):
    """Age in bands of five years, those of the European Standard Population."""

    UNDER_5 = "0-4", "under 5"
    FROM_5 = "5-9", "5 to 9"
    FROM_10 = "10-14", "10 to 14"
    FROM_15 = "15-19", "15 to 19"
    FROM_20 = "20-24", "20 to 24"
    FROM_25 = "25-29", "25 to 29"
    FROM_30 = "30-34", "30 to 34"
    FROM_35 = "35-39", "35 to 39"
    FROM_40 = "40-44", "40 to 44"
    FROM_45 = "45-49", "45 to 49"
    FROM_50 = "50-54", "50 to 54"
    FROM_55 = "55-59", "55 to 59"
    FROM_60 = "60-64", "60 to 64"
    FROM_65 = "65-69", "65 to 69"
    FROM_70 = "70-74", "70 to 74"
    FROM_75 = "75-79", "75 to 79"
    FROM_80 = "80-84", "80 to 84"
    FROM_85 = "85-89", "85 to 89"
    FROM_90 = "90+", "90 and over"
    UNKNOWN = "Unknown", "no date of birth is known"


KNOWN_FIVE_YEAR_BANDS = tuple(band for band in FiveYearBand if band is not FiveYearBand.UNKNOWN)


class Scope(Code):
    """Whose or what part of the cost is looked at."""

    ALL = "all", "everything"
    NHS = "nhs", "what the health service provides"
    SOCIAL_CARE = "social_care", "what councils provide"
    INSTITUTIONAL = "institutional", "care in a hospital or care home"
    COMMUNITY = "community", "care at home or in the community"


class AgeGroup(Code):
    """Who is looked at, by age on 30 September of the financial year unless said otherwise."""

    ALL = "all", "everybody"
    FROM_65 = "65+", "people of 65 and over"
    FROM_75 = "75+", "people of 75 and over"


class AnalysisAreaKind(Code):
    """Kinds of area that the analysis tables tell of."""

    TAYSIDE = "tayside", "all the partners' area"
    COUNCIL = "council", "a council area, by its code"
    LOCALITY = "locality", "a locality, by its name"
    SIMD_QUINTILE = "simd_quintile", "a fifth of deprivation, 1 = most deprived"
    COUNCIL_SIMD_QUINTILE = "council_simd_quintile", "a fifth of deprivation within a council, as S12000042/1"


WIDE_AREA_KINDS = (AnalysisAreaKind.TAYSIDE, AnalysisAreaKind.COUNCIL)
"""The kinds of area that are large enough for inequality and high cost."""


class CareGroup(Code):
    """Which sectors a resident had care from in the financial year."""

    BOTH = "both", "health and social care"
    NHS_ONLY = "nhs_only", "health care only"
    SOCIAL_CARE_ONLY = "social_care_only", "social care only"
    NEITHER = "neither", "neither"


class CostCut(Code):
    """Where the people of high cost are cut off from the others."""

    HALF_OF_COST = "half_of_cost", "the fewest people whose cost reaches half of it"
    PERCENT_65 = "65_percent", "the fewest people whose cost reaches 65 % of it"
    PERCENT_80 = "80_percent", "the fewest people whose cost reaches 80 % of it"
    TOP_1 = "top_1_percent", "the costliest 1 % of residents"
    TOP_2 = "top_2_percent", "the costliest 2 % of residents"
    TOP_3 = "top_3_percent", "the costliest 3 % of residents"
    TOP_4 = "top_4_percent", "the costliest 4 % of residents"
    TOP_5 = "top_5_percent", "the costliest 5 % of residents"
    TOP_6 = "top_6_percent", "the costliest 6 % of residents"
    TOP_7 = "top_7_percent", "the costliest 7 % of residents"
    TOP_8 = "top_8_percent", "the costliest 8 % of residents"
    TOP_9 = "top_9_percent", "the costliest 9 % of residents"
    TOP_10 = "top_10_percent", "the costliest 10 % of residents"


class InequalityMeasure(Code):
    """A measure of how cost differs between the fifths of deprivation; its convention is in its name."""

    COST_OF_INEQUALITY = "cost_of_inequality", "cost beyond what it would be at the cost a head of the least deprived fifth"
    COST_OF_INEQUALITY_SHARE = "cost_of_inequality_share", "its share of the cost"
    ABSOLUTE_GAP = "absolute_gap", "standardised cost a head of the most deprived fifth less that of the least deprived"
    RELATIVE_GAP = "relative_gap", "standardised cost a head of the most deprived fifth over that of the least deprived"
    SII_SCOTPHO = "sii_scotpho", "slope index of inequality, above 0 where the most deprived cost more"
    RII_SCOTPHO = "rii_scotpho", "that slope over the mean"
    SII_PHE = "sii_phe", "slope index of inequality, below 0 where the most deprived cost more"
    RII_PHE = "rii_phe", "ratio of the ends of that slope"
    PAR_SCOTPHO = "par_scotpho", "share of cost beyond what it would be at the rate of the least deprived fifth"
    CONCENTRATION_INDEX = (
        "concentration_index",
        "concentration of cost by rank of deprivation, below 0 where the most deprived cost more",
    )
