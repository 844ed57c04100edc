"""Making the pages of a published release again, when something was said of it or somebody asks.

Belongs here: putting each new page in the old one's place. Does not belong here: the pages (`site.py`).
"""

import os
import shutil

from pipelines.engine.files import remove, sync
from pipelines.release.publish import STAGING
from pipelines.report.boundaries import read_boundaries
from pipelines.report.said_of import said_of
from pipelines.report.site import EXPECTATIONS, PAGE_MARK, write_site
from pipelines.warehouse.root import DataRoot


def remake_report(root: DataRoot, version: str) -> None:
    """Make the pages of a version again; what else is in the folder of its report stays. To be called by who holds the lock.

    Each page is whole in itself and replaced as a whole: whatever kills the process, there is the page of before or the new one.
    A page that an earlier version of the software made and this one does not is removed: it would go on saying what is no longer so.
    """
    reports = root.folder("reports")
    staging, target = reports / f"{STAGING}report", reports / version
    shutil.rmtree(staging, ignore_errors=True)
    told = target / EXPECTATIONS
    if told.is_file():
        (staging / EXPECTATIONS).parent.mkdir(parents=True)
        shutil.copyfile(told, staging / EXPECTATIONS)
    write_site(root.folder("releases") / version, staging, said_of(root, version), read_boundaries(root.folder("reference")))
    made = {page: target / page.relative_to(staging) for page in sorted(staging.rglob("*.html"))}
    for page, place in made.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(page, place)
        sync(place.parent)
    for page in set(target.rglob("*.html")) - set(made.values()):
        # What else somebody has laid there, or an earlier version that had no site, is no page of it.
        if page.is_file() and PAGE_MARK in page.read_bytes():
            remove(page)
    shutil.rmtree(staging)
