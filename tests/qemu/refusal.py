# SPDX-License-Identifier: BSD-2-Clause
"""How gangway says no: one sentence, an end by itself, and never a boot."""
import re

SENTENCE = r"gangway: [a-z0-9-]+ [a-z0-9-]+: .+"
PATIENCE = 20


def refused(outcome, reason="guest-shutdown"):
    """The one sentence of a failed boot."""
    assert "probe:" not in outcome.serial, "booted all the same"
    said = outcome.lines(SENTENCE + "$")
    assert len(said) == 1, outcome.serial
    assert not said[0].startswith("gangway: run "), outcome.serial
    assert outcome.code is None
    assert outcome.reason in (reason, "guest-reset"), outcome.reason
    assert outcome.seconds < PATIENCE
    return said[0]


def refused_with(outcome, step, protocol, sentence):
    """The same, when it is known what it must say."""
    said = refused(outcome)
    wanted = "gangway: %s %s: %s" % (step, protocol, sentence)
    assert re.fullmatch(wanted, said), "%r, not %r" % (said, wanted)
