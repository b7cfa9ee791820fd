"""Can two templates be told to be of one person? ISO/IEC 30136; R-9.2-14.

Gomez-Barrero et al., "General framework to evaluate unlinkability in biometric template
protection systems", 2018. Scores are those of templates under different parameters: mated, of
one person; non-mated, of two.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.floating]

_BINS = 40
_PRIOR_RATIO = 1.0


def d_sys(mated: Scores, non_mated: Scores) -> float:
    """Return the global linkability: 0, nothing can be told; 1, everything.

    Estimated by histograms, so that even scores of one distribution give a little more than 0.
    """
    both = np.concatenate([mated, non_mated])
    edges = np.histogram_bin_edges(both, bins=_BINS)
    of_mated, of_others = (
        np.histogram(scores, edges)[0] / max(len(scores), 1) for scores in (mated, non_mated)
    )
    # D = 2 LR / (1 + LR) - 1 where the likelihood ratio LR is above 1.
    both_likely = of_mated * _PRIOR_RATIO + of_others
    local = 2 * of_mated * _PRIOR_RATIO / np.where(both_likely > 0, both_likely, 1.0) - 1
    return float(np.sum(of_mated * np.clip(local, 0.0, None)))
