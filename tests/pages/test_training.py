"""Training as a person sees it: nothing to learn yet, an estimate, a candidate with its curve, who may do what."""

from streamlit.testing.v1 import AppTest

from core.workbench import Workbench
from tests.desks.test_trainings import ADMIN, HYPER, done, school, tiny
from tests.pages.conftest import words
from tests.pages.test_adapters import ADAPTERS, Opened

__all__ = ["school", "tiny"]


def opened_training(opened: Opened, bench: Workbench, **query: str) -> AppTest:
    return opened(bench)(ADAPTERS, view="training", **query)


def test_without_accepted_rows_it_says_what_is_needed(bench: Workbench, opened: Opened) -> None:
    app = opened_training(opened, bench)
    assert app.info[0].value.startswith("A training needs a dataset with accepted rows")
    assert not app.exception


def test_it_is_estimated_trained_and_listed(school: Workbench, opened: Opened) -> None:
    app = opened_training(opened, school)
    assert "10 rows learned, 2 rows held out" in words(app)
    assert app.button(key="start_training").disabled  # an adapter has a name
    app.text_input(key="training_name").set_value("watts").run()
    app.number_input(key="epochs_0_4").set_value(3.0).run()
    assert app.multiselect(key="sweep_epochs_3.0").value == [3.0]  # a sweep begins with what the form says
    app.number_input(key="epochs_0_4").set_value(1.0).run()
    app.button(key="start_training").click().run()
    assert not app.exception
    (job,) = [job for job in school.jobs.all() if job.title == "Training watts"]
    assert done(school, job).state == "done"
    app.run()
    assert "watts is a candidate" in words(app)
    assert list(app.dataframe[0].value["adapter"]) == ["watts"]
    assert school.adapters.training.all(ADMIN)[0].hyper.batch == 4  # a handful of rows makes small batches


def test_what_cannot_be_is_a_sentence_and_starts_nothing(school: Workbench, opened: Opened) -> None:
    done(school, school.adapters.training.start("watts", "facts", HYPER, ADMIN))
    app = opened_training(opened, school)
    app.text_input(key="training_name").set_value("watts").run()
    app.button(key="start_training").click().run()
    assert "There is an adapter 'watts' already" in words(app)
    app.multiselect(key="targets_0_4").set_value([]).run()
    assert "targets must be some of" in words(app)
    assert len(school.adapters.training.all(ADMIN)) == 1


def test_who_may_not_build_looks_on(school: Workbench, opened: Opened) -> None:
    done(school, school.adapters.training.start("watts", "facts", HYPER, ADMIN))
    app = opened_training(opened, school, **{"as": "analyst"})
    assert "The analyst may look at trainings, not start them." in words(app)
    assert list(app.dataframe[0].value["adapter"]) == ["watts"]
    assert not [button for button in app.button if button.key == "start_training"]
