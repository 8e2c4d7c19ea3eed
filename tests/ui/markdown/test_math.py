"""Formulas as text, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agno_tui.ui.markdown.blocks import Paragraph
from agno_tui.ui.markdown.math import unicode_math
from agno_tui.ui.markdown.parser import MarkdownParser

PARSER = MarkdownParser()

PIECES = (
    *(r"\frac", r"\sqrt", r"\left(", r"\right)", r"\begin{cases}", r"\end{cases}"),
    *(r"\text", r"\hat", r"\sum", r"\mathbb", r"\leq", r"\not", r"\foo", r"\,", r"\\"),
    *(r"\left.", "~", "=", "+", "|", "[", "]", "&", "{", "}", "^", "_", "'", "x", "2"),
)


def shown(text: str) -> str:
    return "\n\n".join(
        part.block.text.plain
        for part in PARSER.parse(text)
        if isinstance(part.block, Paragraph)
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("x^2", "x²"),
        ("a_{ij}", "aᵢⱼ"),
        ("a_{i,j}", "a_(i,j)"),
        ("x^10", "x¹0"),
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{1}{2}mv^2", "(1/2)mv²"),
        (
            r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}",
            "x = (-b ± √(b²-4ac))/(2a)",
        ),
        (r"\sqrt{x+1} + \sqrt[3]{8} + \sqrt2", "√(x+1) + ∛8 + √2"),
        (r"\left( \frac{a}{b} \right)^2", "(a/b)²"),
        (r"\sum_{i=1}^{n} i^2", "∑ᵢ₌₁ⁿ i²"),
        (r"\int_0^\infty e^{-x}\,dx", "∫₀^∞ e⁻ˣ dx"),
        (r"\lim_{x \to 0} \frac{\sin x}{x} = 1", "lim_(x→0) (sin x)/x = 1"),
        (r"a\cdot b\times c\leq d", "a · b × c ≤ d"),
        (r"f: \mathbb{R}^n\to\mathbb{C}", "f: ℝⁿ → ℂ"),
        (r"\mathcal{L}(\theta)", "ℒ(θ)"),
        (r"\hat{x} + \vec{v} + \overline{AB}", "x\u0302 + v\u20d7 + A\u0305B\u0305"),
        (r"\sin^2\theta + \cos^2 \theta = 1", "sin² θ + cos² θ = 1"),
        (r"\frac{\partial f}{\partial x} = \nabla f", "∂f/∂x = ∇f"),
        (r"e^{i\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
        (r"f'(x), 90^\circ, A^\top", "f′(x), 90°, Aᵀ"),
        (r"\text{if } x > 0", "if x > 0"),
        (r"\boxed{42}", "42"),
        (r"x\in\{1,\ldots,n\}", "x ∈ {1,…,n}"),
        (r"x = \pm 1", "x = ±1"),
        (r"\foo{x^2} + 1", r"\foo{x^2} + 1"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[1 2; 3 4]"),
    ],
)
def test_a_formula_reads_as_unicode(source: str, text: str) -> None:
    assert unicode_math(source) == text


def test_matrices_cases_and_equations_stand_on_several_lines() -> None:
    matrix = r"A = \begin{pmatrix} 1 & 10 \\ x^2 & 4 \end{pmatrix} v"
    assert unicode_math(matrix, display=True) == "A = ⎛ 1   10 ⎞ v\n    ⎝ x²  4  ⎠"
    cases = r"\begin{cases} x & \text{if } x > 0 \\ -x & \text{else} \end{cases}"
    assert unicode_math(cases, display=True) == "⎧ x   if x > 0\n⎩ -x  else"
    aligned = r"\begin{aligned} a &= b \\ abc &= d \end{aligned}"
    assert unicode_math(aligned, display=True) == "  a = b\nabc = d"


@pytest.mark.parametrize(
    "source",
    [
        *(r"\frac{a", "x^{", "{x", "x}", r"\left( x", r"x \right)", "a^b^c", "a & b"),
        *(r"\begin{matrix} a", r"\begin{foo} a \end{foo}", r"\frac{a}", "x^", "x_ y"),
        *(r"\begin{cases} a \end{matrix}", "{" * 100 + "}" * 100, "x" * 6000, " "),
    ],
)
def test_what_is_broken_stays_its_source(source: str) -> None:
    assert unicode_math(source) is None


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=30,
    ),
    st.booleans(),
)
def test_no_formula_is_too_broken(pieces: list[str], display: bool) -> None:
    unicode_math(" ".join(pieces), display=display)
    unicode_math("".join(pieces), display=display)


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "costs $20, or $30",
        "US$5 and US$6, A$7 or C$8",
        "between $5-$10 or $5/$10, $1,000.50 and $2k/$3k",
        "from $5 to 10$ a month",
        "a price of 5$ or 10$",
        "$HOME/$USER, $PATH:$HOME, ${HOME}/${USER} and $HOME_DIR/$USER_NAME",
        "export A=$B_C and $D",
        'jQuery: $("a").on("x") and $("b"), $.ajax({}) or $.get_it, $(this)$(that)',
        "PHP has $_GET['x'] and $_POST['y'], $this->a_b and $that->c_d.",
        "Perl: $a_b, $c_d; $x = $y; my $n, $m",
        "buy $AAPL, $TSLA and $MSFT/$IBM",
        "the pattern ^foo$ or ^bar$ and (^a.+$|^b.+$)",
        "a $ sign and another $ sign",
        "$$ is the process id, $$ again",
        "$$$ and $$$$ and $",
        "makes $1M-$2M in revenue ($3M in $FY)",
        "cell $A$1 and $B$2",
    ],
)
def test_money_and_code_do_not_become_formulas(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Let $x$ and $y = 5$.", "Let x and y = 5."),
        ("$O(n \\log n)$, $O(n log n)$", "O(n log n), O(n log n)"),
        ("energy $E=mc^2$!", "energy E=mc²!"),
        ("设$x_1$为实数", "设x₁为实数"),
        ("it costs $5, and $x^2$ is", "it costs $5, and x² is"),
        ("a \\(x^2\\) b \\[y_1\\] c $$z^3$$ d", "a x² b y₁ c z³ d"),
        ('**$a$** ($b$), "$c$": $H^+$', 'a (b), "c": H⁺'),
        ("$a*b*c$ and $x_1$ _y_", "a*b*c and x₁ y"),
        ("`$x^2$` and \\$5 and \\$6", "$x^2$ and $5 and $6"),
        ("\\(see below\\) \\[link\\]", "(see below) [link]"),
        ("$\\frac{a$ and $\\sqrt{*b*$", "$\\frac{a$ and $\\sqrt{*b*$"),
    ],
)
def test_formulas_in_running_text(text: str, read: str) -> None:
    assert shown(text) == read


def test_code_is_never_a_formula() -> None:
    (part,) = PARSER.parse("```tex\n$$\nx^2\n$$\n```")
    assert "x^2" in str(part.block)
    (part,) = PARSER.parse("    $$\n    x^2\n    $$")
    assert "x^2" in str(part.block)


@pytest.mark.parametrize(
    "source",
    [
        "$$\nx^2\n+ y\n- z\n$$",
        "\\[\nx^2\n+ y\n- z\n\\]",
        "$$ x^2\n+ y\n- z $$",
        "\\begin{align*}\nx^2\n+ y\n- z\n\\end{align*}",
    ],
)
def test_a_formula_that_stands_alone_is_one_block_set_apart(source: str) -> None:
    lines = source.count("\n") + 1
    before, formula, after = PARSER.parse(f"so:\n{source}\nafter")
    assert (before.start, before.end) == (0, 1)
    assert (formula.start, formula.end, formula.apart) == (1, 1 + lines, True)
    assert (after.start, after.apart) == (1 + lines, True)
    assert isinstance(formula.block, Paragraph)
    assert formula.block.text.plain == "x² + y - z"
    assert {span.style for span in formula.block.text.spans} == {"math"}


def test_an_open_formula_is_its_source_until_an_empty_line_ends_it() -> None:
    assert shown("so:\n$$\nx^2\n- *a*") == "so:\n\n$$\nx^2\n- *a*"
    assert shown("$$\nx^2\n\n*a*\n$$") == "$$\nx^2\n\na\n\n$$"
    assert shown("$$\nx^2\n# Title\n\na") == "$$\nx^2\n\na"


def test_formulas_stand_in_lists_and_quotes() -> None:
    assert "x²" in str(PARSER.parse("- a\n  $$\n  x^2\n  $$"))
    assert "x²" in str(PARSER.parse("> $$\n> x^2\n> $$"))
