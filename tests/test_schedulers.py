"""Schedules of learning rates beside PyTorch's, to the last digit."""

from tests.both import Programs

programs = Programs(__name__)


def optimizer_of(torch, **options):
    a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
    groups = [{"params": [a]}, {"params": [b], "lr": 0.3}]
    return torch.optim.SGD(groups, **{"lr": 0.1, **options})


MAKERS = {
    "StepLR": lambda S, o: S.StepLR(o, step_size=3, gamma=0.3),
    "MultiStepLR": lambda S, o: S.MultiStepLR(o, milestones=[2, 5, 5, 7], gamma=0.3),
    "ExponentialLR": lambda S, o: S.ExponentialLR(o, gamma=0.9),
    "CosineAnnealingLR": lambda S, o: S.CosineAnnealingLR(o, T_max=5, eta_min=0.01),
    "LambdaLR": lambda S, o: S.LambdaLR(o, lambda epoch: 0.95**epoch),
    "LambdaLR, one for each group": lambda S, o: S.LambdaLR(o, [lambda e: 1 / (e + 1), lambda e: 0.5**e]),
    "MultiplicativeLR": lambda S, o: S.MultiplicativeLR(o, lambda epoch: 0.95 + epoch / 100),
    "ConstantLR": lambda S, o: S.ConstantLR(o, factor=0.4, total_iters=3),
    "LinearLR": lambda S, o: S.LinearLR(o, start_factor=0.25, end_factor=0.7, total_iters=4),
}


def program_of(name):
    def rates(torch, show):
        S = torch.optim.lr_scheduler
        optimizer = optimizer_of(torch)
        scheduler = MAKERS[name](S, optimizer)
        show(type(scheduler), scheduler.get_last_lr(), scheduler.last_epoch, isinstance(scheduler, S.LRScheduler))
        for _ in range(17):
            optimizer.step()
            scheduler.step()
            show([group["lr"] for group in optimizer.param_groups], scheduler.get_last_lr())
        show.warnings(scheduler.step, 4)
        show(scheduler.get_last_lr(), scheduler.base_lrs, scheduler.last_epoch)
        again = optimizer_of(torch)
        again.load_state_dict(optimizer.state_dict())
        twin = MAKERS[name](S, again)
        twin.load_state_dict(scheduler.state_dict())
        again.load_state_dict(optimizer.state_dict())
        for each in (optimizer, again):
            each.step()
        scheduler.step()
        twin.step()
        show(scheduler.get_last_lr(), twin.get_last_lr(), [sorted(group) for group in again.param_groups])

    rates.__name__ = name
    return programs(rates)


for name in MAKERS:
    program_of(name)


@programs
def plateaus(torch, show):
    losses = [5, 4, 4, 4, 4, 3.9999, 3, 3, 3, 3, 3, 3, 3, 2, 4, 4, 4, 4]
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau
    for options in (
        {}, {"patience": 1}, {"mode": "max", "patience": 1, "factor": 0.5}, {"patience": 0, "cooldown": 2},
        {"patience": 1, "threshold": 0.01, "threshold_mode": "abs"}, {"patience": 0, "min_lr": [0.05, 0.2]},
        {"patience": 0, "min_lr": 0.08}, {"mode": "max", "threshold_mode": "abs", "patience": 2},
        {"eps": 0.1, "patience": 1},
    ):  # fmt: skip
        optimizer = optimizer_of(torch)
        scheduler = plateau(optimizer, **options)
        for loss in losses:
            scheduler.step(torch.tensor(float(loss)))
            show(scheduler.get_last_lr(), scheduler.num_bad_epochs, scheduler.best)
        again = plateau(optimizer_of(torch))
        again.load_state_dict(scheduler.state_dict())
        show(again.num_bad_epochs, again.last_epoch, again.patience)
    for options in ({"factor": 1.0}, {"mode": "low"}, {"threshold_mode": "low"}, {"min_lr": [0.1]}):
        show.error(lambda options=options: plateau(optimizer_of(torch), **options))
    show.error(plateau, [1])


@programs
def a_schedule_of_ones_own(torch, show):
    class Halves(torch.optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base / (self.last_epoch + 1) for base in self.base_lrs]

    optimizer = optimizer_of(torch)
    scheduler = Halves(optimizer)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
        show(scheduler.get_last_lr())


@programs
def two_schedules_at_once(torch, show):
    optimizer = optimizer_of(torch)
    schedules = [
        torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
        torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5),
    ]
    for _ in range(6):
        optimizer.step()
        for each in schedules:
            each.step()
        show([group["lr"] for group in optimizer.param_groups])


@programs
def what_a_schedule_refuses(torch, show):
    S = torch.optim.lr_scheduler
    show.error(S.StepLR, 3, 1)
    show.error(S.ExponentialLR, optimizer_of(torch), 0.9, 4)
    show.error(S.LambdaLR, optimizer_of(torch), [lambda epoch: 1])
    show.error(S.ConstantLR, optimizer_of(torch), 1.5)
    show.error(S.LinearLR, optimizer_of(torch), 0.0)
    show.error(S.LinearLR, optimizer_of(torch), 0.5, 2.0)
    show.error(S.LRScheduler, optimizer_of(torch))
    optimizer = optimizer_of(torch)
    scheduler = S.StepLR(optimizer, 1)
    show.warnings(scheduler.step)
    show.warnings(scheduler.step)


@programs
def an_optimizer_with_a_schedule_trains_as_before(torch, show):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    for _ in range(5):
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        show(f"{loss.item():.5f}")
        optimizer.step()
        scheduler.step()

    def closure():
        return loss

    show(optimizer.step(closure) is loss, optimizer)


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
