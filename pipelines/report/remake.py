"""Making the pages of a published release again, when something was said of it or somebody asks.

Belongs here: putting each new page in the old one's place. Does not belong here: the pages (`site.py`).
"""

import os
import shutil

from pipelines.engine.files import sync
from pipelines.release.publish import STAGING
from pipelines.report.boundaries import read_boundaries
from pipelines.report.said_of import said_of
from pipelines.report.site import EXPECTATIONS, write_site
from pipelines.warehouse.root import DataRoot


def remake_report(root: DataRoot, version: str) -> None:
    """Make the pages of a version again; what else is in the folder of its report stays. To be called by who holds the lock.

    Each page is whole in itself and replaced as a whole: whatever kills the process, there is the page of before or the new one.
    """
    reports = root.folder("reports")
    staging, target = reports / f"{STAGING}report", reports / version
    shutil.rmtree(staging, ignore_errors=True)
    told = target / EXPECTATIONS
    if told.is_file():
        (staging / EXPECTATIONS).parent.mkdir(parents=True)
        shutil.copyfile(told, staging / EXPECTATIONS)
    write_site(root.folder("releases") / version, staging, said_of(root, version), read_boundaries(root.folder("reference")))
    for page in sorted(staging.rglob("*.html")):
        place = target / page.relative_to(staging)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(page, place)
        sync(place.parent)
    shutil.rmtree(staging)
