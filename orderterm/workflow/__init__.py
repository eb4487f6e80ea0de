"""An order's life. Every change of an order is one function here: one short transaction that
changes the rows and puts the event on the trail, guarded by "only if it is still so".
"""
