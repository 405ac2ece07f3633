"""Every function and transform of release 9.7 is declared; what does not run says so."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from gristmill.cli.main import cli
from gristmill.functions.registry import FUNCTIONS
from gristmill.transforms.registry import TRANSFORMS

FUNCTIONS_A = """
    ABS ACOS ACOSH ADD AND ASIN ASINH ATAN ATANH BASE64DECODE BASE64ENCODE CASE CEILING CHAR COALESCE COS COSH
    DEGREES DIVIDE DOMAIN DOUBLEMETAPHONE DOUBLEMETAPHONEEQUALS ENDSWITH EQUAL EXACT EXP FIND FINDNTH FLOOR
    GREATERTHAN GREATERTHANEQUAL HOST IF IFMISMATCHED IFMISSING IFNULL IFVALID IN IPFROMINT IPTOINT ISEVEN
    ISMISMATCHED ISMISSING ISNULL ISODD ISVALID LEFT LEN LESSTHAN LESSTHANEQUAL LN LOG LOWER MATCHES MERGE MOD
    MULTIPLY NEGATE NOT NOTEQUAL NULL NUMFORMAT NUMVALUE OR PAD PARSEARRAY PARSEBOOL PARSEDATE PARSEFLOAT PARSEINT
    PARSEOBJECT PARSESTRING PI POW PROPER RADIANS RAND RANDBETWEEN RANGE REMOVESYMBOLS REMOVEWHITESPACE REPEAT RIGHT
    RIGHTFIND ROUND SIGN SIN SINH SOURCEROWNUMBER SQRT STARTSWITH STRINGGREATERTHAN STRINGGREATERTHANEQUAL
    STRINGLESSTHAN STRINGLESSTHANEQUAL SUBDOMAIN SUBSTITUTE SUBSTRING SUBTRACT SUFFIX TAN TANH TRANSLITERATE TRIM
    TRIMQUOTES TRUNC UNICODE UPPER URLPARAMS VALID
"""
FUNCTIONS_B = """
    ANY ANYIF APPROXIMATEMEDIAN APPROXIMATEPERCENTILE APPROXIMATEQUARTILE ARRAYCONCAT ARRAYCROSS ARRAYELEMENTAT
    ARRAYINDEXOF ARRAYINTERSECT ARRAYLEN ARRAYMERGEELEMENTS ARRAYRIGHTINDEXOF ARRAYSLICE ARRAYSORT ARRAYSTOMAP
    ARRAYUNIQUE ARRAYZIP AVERAGE AVERAGEIF CONVERTFROMUTC CONVERTTIMEZONE CONVERTTOUTC CORREL COUNT COUNTA COUNTAIF
    COUNTDISTINCT COUNTDISTINCTIF COUNTIF COVAR COVARSAMP DATE DATEADD DATEDIF DATEFORMAT DATETIME DAY DENSERANK
    EOMONTH FILL FILTEROBJECT HOUR KEYS KTHLARGEST KTHLARGESTDATE KTHLARGESTDATEIF KTHLARGESTIF KTHLARGESTUNIQUE
    KTHLARGESTUNIQUEDATE KTHLARGESTUNIQUEDATEIF KTHLARGESTUNIQUEIF LIST LISTAVERAGE LISTIF LISTMAX LISTMIN LISTMODE
    LISTSTDEV LISTSUM LISTVAR MAX MAXDATE MAXDATEIF MAXIF MEDIAN MIN MINDATE MINDATEIF MINIF MINUTE MODE MODEDATE
    MODEDATEIF MODEIF MONTH MONTHNAME NETWORKDAYS NETWORKDAYSINTL NEXT NOW PARSEDATE PERCENTILE PREV QUARTILE RANK
    ROLLINGAVERAGE ROLLINGCOUNTA ROLLINGKTHLARGEST ROLLINGKTHLARGESTUNIQUE ROLLINGLIST ROLLINGMAX ROLLINGMAXDATE
    ROLLINGMIN ROLLINGMINDATE ROLLINGMODE ROLLINGMODEDATE ROLLINGSTDEV ROLLINGSTDEVSAMP ROLLINGSUM ROLLINGVAR
    ROLLINGVARSAMP ROWNUMBER SECOND SERIALNUMBER SESSION STDEV STDEVIF STDEVSAMP STDEVSAMPIF SUM SUMIF TIME TODAY
    UNIQUE UNIXTIME UNIXTIMEFORMAT VAR VARIF VARSAMP VARSAMPIF WEEKDAY WEEKDAYNAME WEEKNUM WORKDAY WORKDAYINTL YEAR
"""
TRANSFORM_NAMES = """
    bin case columnbyexample comment convertpattern countbetweendelimiters countpattern dateformat deduplicate
    delete derive drop extract extractbetweendelimiters extractkv extractlist extractpatterns filter flatten groupby
    header join keep load lookup macro merge move nest numformat onehotencode pivot rename replace
    replacebetweendelimiters replacemismatched replacemissing replacepatterns scale scaleminmax scalestandardize
    select set settype sort split splitpatterns splitpositions splitrows standardize textformat udf union unnest
    unpivot valuestocols window
"""
NOT_BUILT = {
    "load": "not supported: the transform 'load'",
    "macro": "not supported: the transform 'macro'",
    "udf": "udf not supported: user-defined functions do not run here",
}


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    """What works, by name, out of the printed table."""
    result = CliRunner().invoke(cli, ["functions", "--table"])
    assert result.exit_code == 0
    heading, _, *lines = (line.strip("| ").split(" | ") for line in result.stdout.splitlines())
    assert heading == ["name", "kind", "group", "photon", "spark"]
    assert all(photon == spark for *_, photon, spark in lines)
    return {name.strip("`"): photon for name, _, _, photon, _ in lines}


@pytest.mark.parametrize("name", [*FUNCTIONS_A.split(), *FUNCTIONS_B.split()])
def test_the_function_is_declared_and_works(name: str, rows: dict[str, str]) -> None:
    assert not FUNCTIONS[name].hidden
    assert rows[name] == "yes"


@pytest.mark.parametrize("name", TRANSFORM_NAMES.split())
def test_the_transform_is_declared(name: str, rows: dict[str, str]) -> None:
    assert name in list(TRANSFORMS)
    assert rows[name] == (f"no: `{NOT_BUILT[name]}`" if name in NOT_BUILT else "yes")


def test_json_and_table_exclude_each_other() -> None:
    result = CliRunner().invoke(cli, ["functions", "--json", "--table"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "gristmill functions: --json and --table exclude each other\n"
