"""When something happens: mostly close to a step of the timeline, where promises are broken."""

from datetime import timedelta

from simulation.stories.drawing import Draw

# hours after the last activity at which abandoned_cart takes its steps
STEPS = (3.0, 27.0, 51.0)


def critical(draw: Draw) -> timedelta:
    """Counted from the cart's last activity."""
    step = timedelta(hours=draw.one_of({STEPS[0]: 60, STEPS[1]: 25, STEPS[2]: 15}))
    match draw.one_of({"on it": 35, "near": 30, "after": 20, "before": 15}):
        case "on it":
            return step + draw.seconds(-1.5, 3)
        case "near":
            return step + draw.seconds(-90, 90)
        case "after":
            return step + draw.hours(0, 12)
    return step * draw.uniform(0.05, 0.95)


def soon(draw: Draw) -> timedelta:
    """After a message was read."""
    return draw.one_of({draw.seconds(0.2, 5): 20, draw.minutes(1, 30): 50, draw.hours(0.5, 20): 30})
