"""nablab: the code behind the book "From Gradient to Open Model".

`nablab.engine` holds every formula of the book in NumPy, `nablab.data` the data,
`nablab.training` the PyTorch side, `nablab.plots` the drawing.
Importing `nablab` imports none of them.
"""

VERSION = (0, 2, 0)  # what a notebook's first cell asks for
__version__ = ".".join(map(str, VERSION))
