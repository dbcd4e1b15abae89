"""Parts of the page on compression: pruning, quantising, distilling, storing and measuring."""
