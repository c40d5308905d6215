"""Every example: its module is what its formula gives, its script prints what it says, its numbers are right."""

from __future__ import annotations

import ast
import importlib
import math
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples"
FORMULAS = sorted(path.stem for path in FOLDER.glob("*.symad"))
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in FORMULAS)
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"}

# A point for each formula, and a step for the difference quotients there.
# fmt: off
POINTS = {
    "first":         (2.0, 3.0),
    "rosenbrock":    (-1.2, 1.0),
    "helmholtz":     (0.9, 0.07, 0.03, 5e-4, 300.0),
    "black_scholes": (100.0, 110.0, 0.05, 0.2, 0.5),
    "two_link_arm":  (0.3, 0.9, 1.1, 0.7),
    "lennard_jones": (1.3, 0.8, 1.1),
    "logistic":      (1850.0, 197.0, 0.03, 1914.0),
    "kepler":        (0.7, 0.4, 0.5),
    "pendulum":      (0.994, 2.001),
    "planet":        (1.5, 0.4, 0.7),
    "epidemic":      (1.6, 0.5),
    "butterfly":     (0.3, 2.7),
}
SYSTEMS = {  # of several results: the sequence that comes first, and what follows it
    "arm_hand":      ((0.3, 0.9), (1.1, 0.7)),
    "brusselator":   (tuple(1 + 0.1 * k for k in range(24)), ()),
}
# fmt: on


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ModuleType:
    """Import the example that a test names."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module(request.param)


def named(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("example", [name], indirect=True)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=120
    )


def derivative(module: ModuleType, point: tuple[float, ...], place: int) -> float:
    """Give a central difference quotient of a module's value, once extrapolated."""

    def quotient(step: float) -> float:
        ahead, behind = list(point), list(point)
        ahead[place] += step
        behind[place] -= step
        return (module.value(*ahead) - module.value(*behind)) / (ahead[place] - behind[place])

    step = 2e-3 * abs(point[place])
    return (4 * quotient(step / 2) - quotient(step)) / 3


def test_there_are_enough() -> None:
    assert sorted([*POINTS, *SYSTEMS]) == FORMULAS
    assert len(FORMULAS) >= 8
    assert len(SCRIPTS) >= 7


@pytest.mark.parametrize("name", FORMULAS)
def test_module_is_what_its_first_line_generates(name: str, tmp_path: Path) -> None:
    first = (FOLDER / f"{name}.symad").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(f"# symad generate examples/{name}.symad ")
    command = shlex.split(first.removeprefix("# symad "))
    place = command.index("-o") + 1
    assert command[place] == f"examples/{name}.py"
    command[place] = str(tmp_path / f"{name}.py")
    done = run("-m", "symad", *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / f"{name}.py").read_bytes() == (FOLDER / f"{name}.py").read_bytes()


def test_check_sees_a_module_that_is_out_of_date(tmp_path: Path) -> None:
    module = tmp_path / "first.py"
    module.write_bytes((FOLDER / "first.py").read_bytes())
    command = ("-m", "symad", "generate", "examples/first.symad", "-o", str(module), "--check")
    assert run(*command).returncode == 0
    module.write_bytes(module.read_bytes() + b"\n")
    assert run(*command).returncode == 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_prints_what_it_says(name: str) -> None:
    docstring = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""
    assert f"`python examples/{name}.py` prints" in docstring
    said = textwrap.dedent("".join(re.findall(r"^    .*\n?", docstring, flags=re.M))).rstrip()
    done = run(f"examples/{name}.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip() == said


@pytest.mark.parametrize(("example", "name"), [(name, name) for name in POINTS], indirect=["example"])
def test_gradient_is_the_slope_of_the_value(example: ModuleType, name: str) -> None:
    point = POINTS[name]
    value, gradient = example.value_and_gradient(*point)
    assert value == pytest.approx(example.value(*point), rel=1e-14)
    assert gradient == pytest.approx(example.gradient(*point), rel=1e-12)
    # an extrapolated quotient with a relative step of 2e-3: some 1e-9 from its own error and from the value's rounding
    slopes = [derivative(example, point, place) for place in range(len(point))]
    largest = max(map(abs, slopes))
    assert gradient == pytest.approx(slopes, rel=1e-7, abs=1e-9 * largest)


@pytest.mark.parametrize("name", FORMULAS)
def test_module_runs_as_a_program(name: str) -> None:
    point = POINTS[name] if name in POINTS else sum(SYSTEMS[name], ())
    done = run(f"examples/{name}.py", *map(repr, point))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@named("first")
def test_first(example: ModuleType) -> None:
    assert example.value(2, 3) == 6 + math.sin(2)
    assert example.gradient(2, 3) == (3 + math.cos(2), 2)


@named("rosenbrock_minimum")
def test_rosenbrock_has_its_minimum_at_one_one(example: ModuleType) -> None:
    found = example.lowest_point()
    assert found.success
    assert found.x == pytest.approx([1, 1], abs=1e-5)
    assert example.rosenbrock.value_and_gradient(1, 1) == (0, (0, 0))


@named("helmholtz_pressure")
def test_helmholtz_energy_is_homogeneous(example: ModuleType) -> None:
    """Euler: an extensive energy is the sum of amounts times chemical potentials, minus pressure times volume."""
    *amounts, volume, temperature = POINTS["helmholtz"]
    energy, (*potentials, slope, _) = example.helmholtz.value_and_gradient(*amounts, volume, temperature)
    total = sum(n * potential for n, potential in zip(amounts, potentials, strict=True)) + volume * slope
    assert total == pytest.approx(energy, rel=1e-12)


@named("helmholtz_pressure")
def test_pressure_is_that_of_the_equation_of_state(example: ModuleType) -> None:
    critical = ((190.56, 4.599e6, 0.011), (305.32, 4.872e6, 0.099), (369.83, 4.248e6, 0.152))
    gas_constant, volume, temperature = example.R, 5e-4, 300.0
    attraction = covolume = 0.0
    for n, (t, p, w) in zip(example.GAS, critical, strict=True):
        slope = 0.37464 + 1.54226 * w - 0.26992 * w**2
        alpha = 1 + slope * (1 - math.sqrt(temperature / t))
        attraction += n * math.sqrt(0.45724 / p) * gas_constant * t * alpha
        covolume += n * 0.0778 * gas_constant * t / p
    repulsive = sum(example.GAS) * gas_constant * temperature / (volume - covolume)
    attractive = attraction**2 / (volume**2 + 2 * volume * covolume - covolume**2)
    assert example.pressure(volume, temperature) == pytest.approx(repulsive - attractive, rel=1e-12)
    assert example.pressure(example.volume(6e6, 300.0), 300.0) == pytest.approx(6e6, rel=1e-9)


@named("black_scholes_greeks")
def test_greeks_are_the_closed_forms(example: ModuleType) -> None:
    from scipy.stats import norm

    S, K, r, sigma, T = POINTS["black_scholes"]  # noqa: N806
    d1 = (math.log(S / K) + (r + sigma**2 / 2) * T) / (sigma * math.sqrt(T))
    d2 = d1 - sigma * math.sqrt(T)
    now = K * math.exp(-r * T)
    value, greeks = example.black_scholes.value_and_gradient(S, K, r, sigma, T)
    vega = S * norm.pdf(d1) * math.sqrt(T)
    rho = now * T * norm.cdf(d2)
    theta = vega * sigma / (2 * T) + r * now * norm.cdf(d2)
    assert value == pytest.approx(S * norm.cdf(d1) - now * norm.cdf(d2), rel=1e-12)
    assert greeks == pytest.approx((norm.cdf(d1), -norm.cdf(d2) * now / K, rho, vega, theta), rel=1e-12)


@named("black_scholes_third")
def test_greeks_to_third_order_are_the_closed_forms(example: ModuleType) -> None:
    """The closed forms are those of the literature; color is by the time that is left.

    Tolerance: ultima cancels by two digits here, the others by less.
    """
    from scipy.stats import norm

    S, K, r, sigma, T = POINTS["black_scholes"]  # noqa: N806
    root = sigma * math.sqrt(T)
    d1 = (math.log(S / K) + (r + sigma**2 / 2) * T) / root
    d2 = d1 - root
    density = float(norm.pdf(d1))
    vega, gamma = S * density * math.sqrt(T), density / (S * root)
    wanted = {
        "delta": norm.cdf(d1),
        "vega": vega,
        "gamma": gamma,
        "vanna": -density * d2 / sigma,
        "volga": vega * d1 * d2 / sigma,
        "speed": -gamma / S * (d1 / root + 1),
        "zomma": gamma * (d1 * d2 - 1) / sigma,
        "color": -gamma / (2 * T) * (1 + d1 * (2 * r * T - d2 * root) / root),
        "ultima": -vega / sigma**2 * (d1 * d2 * (1 - d1 * d2) + d1**2 + d2**2),
    }
    found = example.greeks(S=S, K=K, r=r, sigma=sigma, T=T)
    assert found == {name: pytest.approx(value, rel=1e-12) for name, value in wanted.items()}


@named("black_scholes_greeks")
def test_put_call_parity(example: ModuleType) -> None:
    """A put is the call with share and strike exchanged at their forward values; call - put = S - K*exp(-r*T)."""
    S, K, r, sigma, T = POINTS["black_scholes"]  # noqa: N806
    call = example.black_scholes.value(S, K, r, sigma, T)
    put = example.black_scholes.value(K * math.exp(-r * T), S * math.exp(r * T), r, sigma, T)
    assert call - put == pytest.approx(S - K * math.exp(-r * T), rel=1e-12)
    assert example.implied_volatility(call, S, K, r, T) == pytest.approx(sigma, rel=1e-9)


@named("two_link_arm_reach")
def test_arm_reaches_its_target(example: ModuleType) -> None:
    shoulder, elbow = example.reach(1.1, 0.7).x
    assert math.cos(shoulder) + 0.8 * math.cos(shoulder + elbow) == pytest.approx(1.1, abs=1e-6)
    assert math.sin(shoulder) + 0.8 * math.sin(shoulder + elbow) == pytest.approx(0.7, abs=1e-6)
    assert math.cos(elbow) == pytest.approx((1.1**2 + 0.7**2 - 1 - 0.8**2) / (2 * 0.8), abs=1e-6)


@named("lennard_jones_cluster")
def test_thirteen_atoms_have_their_known_energy(example: ModuleType) -> None:
    # -44.326801 is the published global minimum of 13 atoms; -1 and 0 are a pair's at its best distance
    assert example.relax(example.icosahedron()).fun == pytest.approx(-44.326801, abs=1e-6)
    value, slope = example.lennard_jones.value_and_gradient(2 ** (1 / 6), 1, 1)
    assert value == pytest.approx(-1, rel=1e-14)
    assert slope[0] == pytest.approx(0, abs=1e-13)


@named("logistic_fit")
def test_fit_is_that_without_derivatives(example: ModuleType) -> None:
    from scipy.optimize import curve_fit

    found = example.fit()
    plain, _ = curve_fit(example.model, example.YEARS, example.MILLIONS, p0=(150.0, 0.03, 1900.0))
    assert found == pytest.approx(plain, rel=1e-5)
    residuals = example.model(example.YEARS, *found) - example.MILLIONS
    slopes = example.jacobian(example.YEARS, *found)
    # at the best fit the residuals stand at right angles to every column
    for column in slopes.T:
        assert abs(column @ residuals) <= 1e-6 * math.sqrt((column @ column) * (residuals @ residuals))


@named("kepler_orbit")
def test_keplers_equation_is_solved(example: ModuleType) -> None:
    # eccentricity 0.1 and mean anomaly 5 degrees are a textbook's example: 5.554589 degrees
    assert math.degrees(example.eccentric_anomaly(0.1, math.radians(5))) == pytest.approx(5.554589, abs=5e-7)
    for ecc, mean in ((0.0, 1.0), (0.0167, 2.0), (0.5, -0.3), (0.9, 3.0)):
        anomaly = example.eccentric_anomaly(ecc, mean)
        assert anomaly - ecc * math.sin(anomaly) == pytest.approx(mean, abs=1e-14)
        assert example.speed(ecc, mean) == pytest.approx(1 / (1 - ecc * math.cos(anomaly)), rel=1e-13)


@named("pendulum_error")
def test_error_of_the_pendulum(example: ModuleType) -> None:
    g, length, period = example.gravity()
    assert g == pytest.approx(4 * math.pi**2 * example.LENGTH / example.PERIOD**2, rel=1e-14)
    assert length == pytest.approx(g * example.LENGTH_ERROR / example.LENGTH, rel=1e-12)
    assert period == pytest.approx(2 * g * example.PERIOD_ERROR / example.PERIOD, rel=1e-12)


@named("arm_hand_circle")
def test_the_hand_draws_a_circle(example: ModuleType) -> None:
    """The elbow is where the law of cosines puts it, and the Jacobian is the textbook's."""
    for k, (shoulder, elbow) in enumerate(example.draw()):
        u, v = example.circle(k)
        assert math.cos(elbow) == pytest.approx((u**2 + v**2 - 1 - 0.8**2) / (2 * 0.8), abs=1e-10)
        assert example.arm_hand.value((shoulder, elbow), u, v) == pytest.approx([0, 0], abs=1e-10)
        (a, b), (c, d) = example.arm_hand.jacobian((shoulder, elbow), u, v)
        x, y = (
            math.cos(shoulder) + 0.8 * math.cos(shoulder + elbow),
            math.sin(shoulder) + 0.8 * math.sin(shoulder + elbow),
        )
        outer = (-0.8 * math.sin(shoulder + elbow), 0.8 * math.cos(shoulder + elbow))
        assert (a, c, b, d) == pytest.approx((-y, x, *outer), rel=1e-12)
        assert a * d - b * c == pytest.approx(0.8 * math.sin(elbow), rel=1e-12)


@named("brusselator_waves")
def test_the_jacobian_of_the_brusselator_is_its_slope(example: ModuleType) -> None:
    point = SYSTEMS["brusselator"][0]
    rate, matrix = example.brusselator.value, example.brusselator.jacobian(point)
    assert matrix.nnz == 4 * 24  # itself, the other chemical, and a neighbour on either side
    dense = matrix.toarray()
    for place in range(24):  # quadratic differences of a cubic: exact but for rounding
        ahead, behind = list(point), list(point)
        ahead[place] += 1e-4
        behind[place] -= 1e-4
        slopes = [(a - b) / (ahead[place] - behind[place]) for a, b in zip(rate(ahead), rate(behind), strict=True)]
        assert dense[:, place] == pytest.approx(slopes, rel=1e-7, abs=1e-9)


@named("brusselator_waves")
def test_waves_are_the_same_with_fewer_evaluations(example: ModuleType) -> None:
    (exact, evaluations), (differences, more) = example.waves(generated=True), example.waves(generated=False)
    assert abs(exact - differences).max() < 1e-6
    assert evaluations < more


@named("planet_motion")
def test_planet_obeys_newton(example: ModuleType) -> None:
    """The true anomaly gives the speed; gravity and the centrifugal force, of constant angular momentum, the rest."""
    a, ecc, rate = example.AXIS, example.ECCENTRICITY, math.tau / example.YEAR
    for day in (0.0, 11.0, 44.0, 70.0):
        distance, speed, change = example.motion(day)
        cosine = (a * (1 - ecc**2) / distance - 1) / ecc
        sine = math.copysign(math.sqrt(max(0.0, 1 - cosine**2)), math.sin(rate * 86400 * day))
        # the square root keeps half the digits of a sine that is near 0
        assert speed == pytest.approx(rate * a * ecc * sine / math.sqrt(1 - ecc**2), rel=1e-9, abs=1e-3)
        momentum, gravity = rate * a**2 * math.sqrt(1 - ecc**2), rate**2 * a**3
        assert change == pytest.approx(momentum**2 / distance**3 - gravity / distance**2, rel=1e-11)


@named("epidemic_fit")
def test_epidemic_is_that_of_a_solver_without_derivatives(example: ModuleType) -> None:
    import numpy as np
    from scipy.integrate import solve_ivp
    from scipy.optimize import least_squares

    in_bed = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4]

    def residuals(p: tuple[float, float]) -> np.ndarray:
        def rates(_t: float, y: tuple[float, float]) -> tuple[float, float]:
            new = p[0] * y[0] * y[1] / 763
            return -new, new - p[1] * y[1]

        days = np.arange(14.0)
        return solve_ivp(rates, (0, 13), (760, 3), t_eval=days, rtol=1e-9, atol=1e-9).y[1] - in_bed

    found, plain = example.fit().x, least_squares(residuals, (1.5, 0.5))
    assert found == pytest.approx(plain.x, rel=1e-5)
    assert example.epidemic.value(*found) == pytest.approx(2 * plain.cost, rel=1e-5)


@named("butterfly_effect")
def test_chaos_is_that_of_the_closed_form(example: ModuleType) -> None:
    """For r = 4 the map doubles an angle; its rounding grows with the difference, a billion times."""
    import mpmath

    with mpmath.workdps(50):
        angles = [2**example.STEPS * mpmath.asin(mpmath.sqrt(x)) for x in example.STARTS]
        slopes = [
            2**example.STEPS * mpmath.sin(2 * angle) / (2 * mpmath.sqrt(x * (1 - mpmath.mpf(x))))
            for x, angle in zip(example.STARTS, angles, strict=True)
        ]
        growth = mpmath.fsum(mpmath.log(abs(slope)) for slope in slopes) / len(slopes) / example.STEPS
    for x, slope in zip(example.STARTS, slopes, strict=True):
        largest = 2**example.STEPS / (2 * math.sqrt(x * (1 - x)))
        assert example.butterfly.gradient(x, 4.0)[0] == pytest.approx(float(slope), abs=1e-5 * largest)
    assert example.exponent(4.0) == pytest.approx(float(growth), rel=1e-6)
    assert example.exponent(2.9) < 0
