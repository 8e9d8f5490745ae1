"""Step Functions: walks a definition by its own states, in virtual time.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from simulation.world import answers
from simulation.world.errors import FailedError
from simulation.world.execution import Branch, Execution, TaskTaken, filled, matches

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
MOST_STATE_BYTES = 256 * 1024


class Walker:
    """Walks executions. All waiting is an event of the world's clock."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self._kinds: dict[str, Callable[[Branch], None]] = {
            "Pass": self._pass,
            "Wait": self._wait,
            "Task": self._task,
            "Choice": self._choice,
            "Succeed": self._succeed,
            "Fail": self._fail,
            "Map": self._map,
        }

    def begin(self, execution: Execution) -> None:
        def done(_: Any, error: FailedError | None) -> None:
            self._end(execution, error)

        body = execution.definition
        branch = Branch(execution, body["States"], {}, execution.input, done)
        self.enter(branch, body["StartAt"])

    def redrive(self, execution: Execution) -> None:
        """Go on with the states that failed."""
        execution.status, execution.ended_at, execution.error = "RUNNING", None, ""
        execution.redrives += 1
        failed, execution.failed_branches = execution.failed_branches, []
        self.world.note("redrive", execution.timeline, states=[one.at for one in failed])
        for branch in failed:
            self.enter(branch, branch.at)

    def enter(self, branch: Branch, name: str) -> None:
        branch.at, branch.tried = name, {}
        branch.execution.states.append(name)
        branch.execution.transitions += 1
        self._in_state(branch)

    def _in_state(self, branch: Branch) -> None:
        if branch.execution.status != "RUNNING":
            return
        try:
            self._kinds[branch.state["Type"]](branch)
        except FailedError as failed:
            error = failed
            if error.after:
                noticed = self.world.seconds + error.after
                self.world.at_second(noticed, lambda: self._catch(branch, error))
            else:
                self._catch(branch, error)

    # --- what the states do -----------------------------------------------------------------------

    def _pass(self, branch: Branch) -> None:
        self._leave(branch, branch.state, branch.input)

    def _wait(self, branch: Branch) -> None:
        seconds = filled(branch.state["Seconds"])(branch.scope(self.world))
        if not isinstance(seconds, int | float) or seconds < 0 or int(seconds) != seconds:
            raise FailedError(answers.WRONG, f"Seconds is {seconds!r} at {branch.at}")
        late = self.world.seconds_late()
        self.world.at_second(
            self.world.seconds + seconds + late,
            lambda: self._leave(branch, branch.state, branch.input),
        )

    def _choice(self, branch: Branch) -> None:
        scope = branch.scope(self.world)
        for choice in branch.state["Choices"]:
            is_met = filled(choice["Condition"])(scope)
            if not isinstance(is_met, bool):
                raise FailedError(answers.WRONG, f"a condition is {is_met!r} at {branch.at}")
            if is_met:
                self._leave(branch, choice, branch.input)
                return
        if "Default" not in branch.state:
            raise FailedError("States.NoChoiceMatched", branch.at)
        self._leave(branch, branch.state | {"Next": branch.state["Default"]}, branch.input)

    def _succeed(self, branch: Branch) -> None:
        output = branch.state.get("Output", branch.input)
        branch.done(filled(output)(branch.scope(self.world)), None)

    def _fail(self, branch: Branch) -> None:
        raise FailedError(branch.state.get("Error", ""), branch.state.get("Cause", ""))

    def _task(self, branch: Branch) -> None:
        arguments = filled(branch.state["Arguments"])(branch.scope(self.world))
        if branch.state["Resource"] == "arn:aws:states:::states:startExecution":
            result = self._start_another(arguments)
        else:
            result = self._invoke(branch, arguments)
        self._leave(branch, branch.state, result, result=result)

    def _start_another(self, arguments: Json) -> Json:
        timeline = self.world.timeline_of(arguments["StateMachineArn"])
        return self.world.machines.start(timeline, arguments["Name"], arguments["Input"])

    def _invoke(self, branch: Branch, arguments: Json) -> Json:
        payload = json.loads(json.dumps(arguments["Payload"]))
        step = (
            (payload.get("step") or {}).get("name")
            or payload.get("task")
            or ("close" if payload.get("close") else "check")
        )
        try:
            answer = self.world.invoke_for_machine(
                arguments["FunctionName"].rpartition(":")[2],
                payload,
                float(branch.state.get("TimeoutSeconds", 60)),
            )
        except FailedError as error:
            self._note(branch, step, error=error.name)
            raise
        told = answer if isinstance(answer, dict) else {}
        outcome, reason = str(told.get("outcome", "")), str(told.get("reason", ""))
        self._note(branch, step, outcome=outcome, reason=reason)
        return {"Payload": answer, "StatusCode": 200, "ExecutedVersion": "$LATEST"}

    def _note(self, branch: Branch, step: str, **more: str) -> None:
        branch.execution.tasks.append(TaskTaken(self.world.now, branch.at, step, **more))
        self.world.note("task", branch.execution.timeline, step, **more)

    def _map(self, branch: Branch) -> None:
        items = filled(branch.state["Items"])(branch.scope(self.world))
        if not isinstance(items, list):
            raise FailedError(answers.WRONG, f"Items is no list at {branch.at}")
        most = filled(branch.state.get("MaxConcurrency", 0))(branch.scope(self.world))
        _Map(self, branch, items, int(most) or len(items)).go_on()

    # --- how states are left ----------------------------------------------------------------------

    def _leave(self, branch: Branch, how: Json, output: Any, **states: Any) -> None:
        """Go on with the next state. `how`: the state, a choice or a catcher."""
        if branch.execution.status != "RUNNING":
            return
        try:
            scope = branch.scope(self.world, **states)
            assigned = {name: filled(value)(scope) for name, value in how.get("Assign", {}).items()}
            if "Output" in how:
                output = filled(how["Output"])(scope)
            self._check_size(output)
        except FailedError as error:
            self._catch(branch, error)
            return
        branch.variables = branch.variables | assigned
        branch.input = output
        if how.get("End"):
            branch.done(output, None)
        else:
            self.enter(branch, how["Next"])

    def _check_size(self, output: Any) -> None:
        if isinstance(output, str | int | float | bool) or output is None:
            return
        if len(json.dumps(output)) > MOST_STATE_BYTES:
            raise FailedError("States.DataLimitExceeded")

    def _catch(self, branch: Branch, error: FailedError) -> None:
        for number, retrier in enumerate(branch.state.get("Retry", ())):
            if matches(retrier["ErrorEquals"], error.name):
                tried = branch.tried.get(number, 0)
                if tried < retrier.get("MaxAttempts", 3):
                    branch.tried[number] = tried + 1
                    self._retry(branch, retrier, tried)
                    return
                break
        for catcher in branch.state.get("Catch", ()):
            if matches(catcher["ErrorEquals"], error.name):
                told = {"Error": error.name, "Cause": error.message}
                self._leave(branch, catcher, told, errorOutput=told)
                return
        branch.done(None, error)
        branch.execution.failed_branches.append(branch)

    def _retry(self, branch: Branch, retrier: Json, tried: int) -> None:
        seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** tried
        seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
        if retrier.get("JitterStrategy") == "FULL":
            seconds *= self.world.dice.random()
        self.world.at_second(
            self.world.seconds + seconds,
            lambda: self._in_state(branch),
        )

    def _end(self, execution: Execution, error: FailedError | None) -> None:
        if execution.status != "RUNNING":
            return
        execution.ended_at = self.world.now
        execution.status = "FAILED" if error else "SUCCEEDED"
        execution.error = error.name if error else ""
        if error:
            self.world.machines.failed.append(execution)
        self.world.ended(execution)


class _Map:
    """The items of a Map, some at a time."""

    def __init__(self, walker: Walker, branch: Branch, items: Sequence[Any], most: int) -> None:
        self.walker, self.branch, self.left = walker, branch, list(enumerate(items))
        self.outputs: dict[int, Any] = {}
        self.many, self.most, self.running, self.failed = len(items), most, 0, False

    def go_on(self) -> None:
        if not self.many:
            self.walker._leave(self.branch, self.branch.state, [])
        while self.left and self.running < self.most and not self.failed:
            self._begin(*self.left.pop(0))

    def _begin(self, number: int, item: Any) -> None:
        self.running += 1
        inner = self.branch.state["ItemProcessor"]

        def done(output: Any, error: FailedError | None) -> None:
            self.running -= 1
            if error is not None:
                self._fail(error)
                return
            self.outputs[number] = output
            if len(self.outputs) == self.many:
                told = [self.outputs[one] for one in range(self.many)]
                self.walker._leave(self.branch, self.branch.state, told, result=told)
            else:
                self.go_on()

        execution, variables = self.branch.execution, dict(self.branch.variables)
        branch = Branch(execution, inner["States"], variables, item, done)
        self.walker.enter(branch, inner["StartAt"])

    def _fail(self, error: FailedError) -> None:
        """The whole state fails. What runs of it is abandoned; a redrive does all items again."""
        if not self.failed:
            self.failed = True
            self.walker._catch(self.branch, error)
