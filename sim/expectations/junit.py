"""Results of checks in the form that systems of continuous integration read."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from sim.errors import JourneysimError
from sim.expectations.checking import Expected, Status

__all__ = ["junit"]


def junit(checked: Sequence[tuple[str, Expected | JourneysimError]]) -> str:
    """Write checks as JUnit XML: a suite per file, a case per expectation.

    Parameters
    ----------
    checked : sequence of (file, Expected or error)
        The error is what makes a file invalid.

    Returns
    -------
    str
        Broken and undecided expectations are failures, told apart by their type; an invalid file is an error.

    Examples
    --------
    >>> print(junit([("case.yaml", Expected("case.yaml", ()))]))
    <?xml version='1.0' encoding='utf-8'?>
    <testsuites name="journeysim" tests="0" failures="0" errors="0">
      <testsuite name="case.yaml" tests="0" failures="0" errors="0" />
    </testsuites>
    """
    root = ElementTree.Element("testsuites", name="journeysim")
    for file, found in checked:
        suite = ElementTree.SubElement(root, "testsuite", name=file)
        if isinstance(found, JourneysimError):
            case = ElementTree.SubElement(suite, "testcase", classname=file, name="valid")
            ElementTree.SubElement(case, "error", type="invalid", message=str(found).split("\n")[0]).text = str(found)
            _count(suite)
            continue
        for outcome in found.outcomes:
            case = ElementTree.SubElement(suite, "testcase", classname=file, name=outcome.name)
            if outcome.status is Status.HOLDS:
                ElementTree.SubElement(case, "system-out").text = str(outcome)
            else:
                kind = str(outcome.status)
                ElementTree.SubElement(case, "failure", type=kind, message=str(outcome)).text = str(outcome)
        _count(suite)
    _count(root)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text.decode()


def _count(element: ElementTree.Element) -> None:
    counts = (("tests", "testcase"), ("failures", "failure"), ("errors", "error"))
    for name, tag in counts:
        element.set(name, str(sum(1 for _ in element.iter(tag))))
