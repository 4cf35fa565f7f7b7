"""The functions of ``scipy.signal``: filters, products of signals, and designs of filters."""

from __future__ import annotations

from scipy import signal

from srcgrad import runtime
from srcgrad.facts.foreign import enter, like, named
from srcgrad.facts.shapes_probed import probed

enter(named(signal, "convolve correlate fftconvolve oaconvolve convolve2d correlate2d"), probed)
enter(named(signal, "lfilter sosfilt resample resample_poly"), probed)
enter(named(signal, "detrend"), like(0))
enter(named(signal, "filtfilt"), like(2))
enter(named(signal, "sosfiltfilt"), like(1))
enter(named(signal, "savgol_filter"), like(0))
enter(named(signal, "upfirdn medfilt medfilt2d wiener hilbert decimate"), probed)
enter(named(signal, "lfilter_zi sosfilt_zi deconvolve order_filter"), probed)
enter(named(signal, "firwin firwin2 firls butter cheby1 cheby2 ellip bessel iirfilter iirdesign"))
enter(named(signal, "get_window savgol_coeffs remez unit_impulse correlation_lags lfiltic"))
enter(named(signal, "argrelmax argrelmin argrelextrema choose_conv_method"))
enter(fn for name, fn in vars(signal.windows).items() if name in signal.windows.__all__)
enter([runtime.lagged])
enter([runtime.savgol_back], like(0), "maybe")
enter([runtime.alternating], like(0))
enter([runtime.filtfilt_back], like(3))
enter([runtime.sosfiltfilt_back], like(2))
