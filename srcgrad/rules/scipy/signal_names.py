"""What the names of ``scipy.signal`` are that have no rule."""

from __future__ import annotations

from scipy import signal

from srcgrad.rules.classes import refuse, structural
from srcgrad.rules.table import zero

zero(signal.argrelextrema, signal.argrelmax, signal.argrelmin, signal.check_COLA)
zero(signal.check_NOLA, signal.choose_conv_method, signal.correlation_lags, signal.max_len_seq)
zero(signal.unit_impulse)

_DESIGN = "how the coefficients of a filter move with its bands is not followed: design it outside"
_FORM = "it rewrites the coefficients of a filter: use the form that lfilter or sosfilt takes"
_RESPONSE = "use np.polyval of the coefficients at np.exp(-1j * w), or np.fft.rfft of them"
_SYSTEM = "it holds a system; use lfilter, or solve_ivp for the differential equation"
_SPECTRUM = "use np.fft.rfft of the windowed signal, and np.abs(...) ** 2"
_SPLINE = "use ndimage.spline_filter, or CubicSpline"
_WAVE = "write the wave as np.cos or np.sin of its phase"
_WINDOW = "how a window moves with its parameter is not followed: make it outside"
_STATE = "the state of a filter is taken to be constant here: make it outside"
_PEAKS = "which samples are peaks jumps; index the signal with constant places"
_PHASE = "it is about the phase or the roots of a filter, which jump"

refuse(
    "scipy.signal",
    {
        "whittaker_henderson": "it smooths by a banded system; write it with linalg.solveh_banded",
        "bessel besselap buttap butter buttord cheb1ap cheb1ord cheb2ap cheb2ord": _DESIGN,
        "cheby1 cheby2 ellip ellipap ellipord firls firwin firwin2 firwin_2d": _DESIGN,
        "gammatone iircomb iirdesign iirfilter iirnotch iirpeak kaiser_atten": _DESIGN,
        "kaiser_beta kaiserord remez savgol_coeffs band_stop_obj place_poles": _DESIGN,
        "abcd_normalize bilinear bilinear_zpk cont2discrete lp2bp lp2bp_zpk lp2bs": _FORM,
        "lp2bs_zpk lp2hp lp2hp_zpk lp2lp lp2lp_zpk normalize sos2tf sos2zpk ss2tf": _FORM,
        "ss2zpk tf2sos tf2ss tf2zpk zpk2sos zpk2ss zpk2tf invres invresz residue": _FORM,
        "residuez": _FORM,
        "minimum_phase unique_roots group_delay vectorstrength envelope": _PHASE,
        "bode dbode dfreqresp findfreqs freqresp freqs freqs_zpk freqz freqz_sos": _RESPONSE,
        "freqz_zpk sosfreqz": _RESPONSE,
        "StateSpace TransferFunction ZerosPolesGain lti dlti dimpulse dlsim dstep": _SYSTEM,
        "impulse lsim step": _SYSTEM,
        "CZT ZoomFFT ShortTimeFFT czt czt_points zoom_fft coherence csd welch": _SPECTRUM,
        "periodogram spectrogram stft istft closest_STFT_dual_window lombscargle": _SPECTRUM,
        "hilbert2": _SPECTRUM,
        "cspline1d cspline1d_eval cspline2d gauss_spline qspline1d qspline1d_eval": _SPLINE,
        "qspline2d sepfir2d spline_filter symiirorder1 symiirorder2": _SPLINE,
        "chirp gausspulse sawtooth square sweep_poly": _WAVE,
        "get_window": _WINDOW,
        "lfilter_zi lfiltic sosfilt_zi": _STATE,
        "find_peaks find_peaks_cwt peak_prominences peak_widths": _PEAKS,
    },
)
structural("scipy.signal", {"BadCoefficients": "a warning"})
