"""A figure that changes in place.

Plotly's own widget sends changes as messages and keeps none of them: a page that connects later, as an app's does,
shows an old picture or meets a change it cannot apply. The state of this one is its present figure.
"""

from __future__ import annotations

import json
from typing import Any

import anywidget
import plotly.graph_objects as go
import traitlets
from plotly.offline import get_plotlyjs

__all__ = ["Chart"]

_RENDER = """
function render({ model, el }) {
  const place = document.createElement("div");
  el.appendChild(place);
  const draw = () => {
    const { data, layout } = structuredClone(model.get("figure"));
    const width = Math.floor(el.getBoundingClientRect().width);
    if (data && width > 0) {
      globalThis.Plotly.react(place, data, { ...layout, width }, { displayModeBar: false });
    }
  };
  const watch = new ResizeObserver(draw);
  watch.observe(el);
  model.on("change:figure", draw);
  return () => { watch.disconnect(); model.off("change:figure", draw); };
}
export default { render };
"""


class Chart(anywidget.AnyWidget):
    """As wide as its place, as high as the figure."""

    figure = traitlets.Dict().tag(sync=True)

    def __init__(self, **options: Any) -> None:
        self._esm = get_plotlyjs() + _RENDER
        super().__init__(**options)

    def show(self, figure: go.Figure) -> None:
        """Draw a figure in place of the present one."""
        self.figure = json.loads(figure.to_json())
