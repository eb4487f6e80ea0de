"""What a refund asks for: how much, and under which reference."""

from orderterm.sentences import say
from orderterm.views.queue import Work
from orderterm.views.refunds import worth
from orderterm.workflow.details import Details
from screens.flows.answers import amount_text, money
from screens.flows.forms import Form
from screens.work_screen import WorkScreen


async def refund(screen: WorkScreen, work: Work) -> Details:
    """The amount, which is what came back had cost where its prices are known, and a reference."""
    due = await screen.read(lambda: worth(work.number))
    form = Form(screen)
    answers = await form.fill(
        form.word(
            "amount",
            say("amount refunded for {number}", number=work.number),
            "" if due is None else amount_text(due),
            read=money,
        ),
        form.word("reference", say("reference of the payment"), blank=True, scan=True),
    )
    return Details(**answers)
