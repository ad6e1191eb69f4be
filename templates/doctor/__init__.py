"""The doctor: finds every problem of a template, says where it is, and what was probably meant."""

from templates.doctor.check import check, schema_for
from templates.doctor.comments import comment
from templates.doctor.problems import Field, Place, Problem, Report, in_order
from templates.doctor.records import check_records, read_records
from templates.doctor.report import sentence, write_report
from templates.doctor.target import Target, find_target

__all__ = [
    "Field",
    "Place",
    "Problem",
    "Report",
    "Target",
    "check",
    "check_records",
    "comment",
    "find_target",
    "in_order",
    "read_records",
    "schema_for",
    "sentence",
    "write_report",
]
