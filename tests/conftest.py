"""Tests neither read nor fill the user's store of results; those about the store name a folder of their own."""

import os

# At import, not in a fixture, so that notebooks and other processes that tests start inherit it.
os.environ["JOURNEYSIM_STORE"] = "off"
