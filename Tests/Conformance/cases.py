"""The table of cases: each is a function of a connection whose handshake has been made."""
CASES = []


class Case:
    def __init__(self, name, what, run, shakes_hands):
        self.name, self.what, self.run, self.shakes_hands = name, what, run, shakes_hands


def case(section, what, shakes_hands=True):
    """Adds the function below as the next case of the section."""
    def add(run):
        number = 1 + sum(known.name.rpartition("/")[0] == section for known in CASES)
        CASES.append(Case(f"{section}/{number}", what, run, shakes_hands))
        return run
    return add
