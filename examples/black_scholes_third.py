"""The sensitivities of an option to third order, by composition: the Jacobian of the Hessian of the price.

`python examples/black_scholes_third.py` prints

    first   delta 0.636831, vega 37.524035
    second  gamma 0.018762, vanna -0.281430, volga 9.850059
    third   speed -0.000516, zomma -0.088885, color -0.010530, ultima -182.689281
"""

from pathlib import Path

import symad

FORMULA = Path(__file__).with_name("black_scholes.symad")
OPTION = {"S": 100.0, "K": 100.0, "r": 0.05, "sigma": 0.2, "T": 1.0}

# fmt: off
GREEKS = {  # name: label of the derivative of the price
    "delta": "dcall/dS",        "vega":  "dcall/dsigma",
    "gamma": "d2call/dSdS",     "vanna": "d2call/dSdsigma", "volga": "d2call/dsigmadsigma",
    "speed": "d3call/dSdSdS",   "zomma": "d3call/dSdSdsigma", "color": "d3call/dSdSdT",
    "ultima": "d3call/dsigmadsigmadsigma",
}
# fmt: on


def greeks(**option: float) -> dict[str, float]:
    """Give the sensitivities of a call."""
    price = symad.parse(FORMULA.read_text(encoding="utf-8"))
    second = symad.hessian(price)
    found: dict[str, float] = {}
    for derivative in (symad.gradient(price), second, symad.jacobian(second)):
        values = symad.compile(derivative)(*(option[name] for name in derivative.inputs))
        found |= dict(zip(derivative.outputs, values, strict=True))
    return {name: found[label] for name, label in GREEKS.items()}


if __name__ == "__main__":
    numbers = {name: f"{name} {value:.6f}" for name, value in greeks(**OPTION).items()}
    for order, names in (
        ("first", "delta vega"),
        ("second", "gamma vanna volga"),
        ("third", "speed zomma color ultima"),
    ):
        print(f"{order:<7} " + ", ".join(numbers[name] for name in names.split()))
