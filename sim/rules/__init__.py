"""What customers and touchpoints do, each rule once, as small pure functions of scalars.

Rules know no engine, no clock and no file. They take uniform draws, not generators, and use `math` only, so
that every engine gets the same number to the last bit.
"""
