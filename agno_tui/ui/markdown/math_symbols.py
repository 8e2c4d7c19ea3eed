"""What LaTeX commands and scripts look like in Unicode.

Names as LaTeX, amsmath and amssymb have them (Scott Pakin, "The Comprehensive LaTeX
Symbol List", https://www.ctan.org/pkg/comprehensive).
"""

from __future__ import annotations

import unicodedata
from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    """`name sign name sign …` as a dictionary."""
    parts = text.split()
    return dict(zip(parts[::2], parts[1::2], strict=True))


RELATIONS: Final = _pairs(
    """
    leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠ lt < gt > ll ≪ gg ≫
    approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ asymp ≍ doteq ≐ triangleq ≜
    coloneqq ≔ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇
    nsubseteq ⊈ sqsubseteq ⊑ mid ∣ nmid ∤ parallel ∥ perp ⊥ vdash ⊢ dashv ⊣ models ⊨
    vDash ⊨ prec ≺ preceq ⪯ succ ≻ succeq ⪰ to → rightarrow → leftarrow ← gets ←
    leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ implies ⇒
    impliedby ⇐ mapsto ↦ longmapsto ⟼ longrightarrow ⟶ longleftarrow ⟵
    longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺
    hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ leftharpoonup ↼
    rightleftharpoons ⇌ leadsto ⇝ rightsquigarrow ⇝ twoheadrightarrow ↠
    therefore ∴ because ∵ trianglelefteq ⊴ bowtie ⋈ lesssim ≲ gtrsim ≳
    """
)
"""Set apart by spaces on both sides."""

BINARY: Final = _pairs(
    """
    cdot · times × div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖
    otimes ⊗ oslash ⊘ odot ⊙ cup ∪ cap ∩ uplus ⊎ sqcup ⊔ sqcap ⊓ setminus ∖
    smallsetminus ∖ wedge ∧ land ∧ vee ∨ lor ∨ bmod mod veebar ⊻ amalg ⨿ diamond ⋄
    ltimes ⋉ rtimes ⋊ wr ≀
    """
)
"""Set apart by spaces too, but not where nothing stands before them."""

NAMES: Final = {
    **{
        name: name
        for name in words(
            """
            sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth log ln lg
            exp lim max min sup inf det dim ker deg gcd lcm arg Pr hom mod tr rank span
            sgn diag argmax argmin limsup liminf
            """
        )
    },
    **_pairs(
        """
        sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂
        bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀ bigsqcup ⨆ ldots … dots … cdots ⋯
        dotsc … dotsb ⋯
        """
    ),
}
"""Names of functions and large signs: apart from the letters beside them."""

SIGNS: Final = _pairs(
    """
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ
    vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ
    varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    infty ∞ partial ∂ nabla ∇ forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅
    neg ¬ lnot ¬ ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ beth ℶ wp ℘ imath ı jmath ȷ
    angle ∠ measuredangle ∡ triangle △ square □ Box □ blacksquare ■ qed ∎ prime ′
    vdots ⋮ ddots ⋱ top ⊤ bot ⊥ degree ° checkmark ✓ dagger † ddagger ‡ surd √
    uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘
    langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | lVert ‖
    rVert ‖ vert | Vert ‖ lbrace { rbrace } lbrack [ rbrack ] backslash \\ colon :
    | ‖ { { } } % % $ $ # # & & _ _ S § P ¶ pounds £ euro € copyright © AA Å
    clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭ natural ♮ sharp ♯
    R ℝ N ℕ Z ℤ Q ℚ C ℂ slash / aa å o ø O Ø ae æ AE Æ ss ß
    """
)
"""Everything else that is one sign."""

SPACES: Final = {
    **dict.fromkeys((",", ":", ";", ">", " ", "\n", "thinspace", "enspace", "~"), " "),
    **dict.fromkeys(("quad", "qquad", "enskip", "hfill"), "  "),
    **dict.fromkeys(
        (
            *("!", "limits", "nolimits", "displaystyle", "textstyle", "scriptstyle"),
            *("nonumber", "notag", "hline", "middle", "big", "Big", "bigg", "Bigg"),
            *("bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr"),
            *("bigm", "Bigm", "rm", "bf", "it", "cal", "strut"),
        ),
        "",
    ),
}
"""Commands that are a space of some width, or nothing that can be seen."""

ACCENTS: Final = {
    **dict.fromkeys(("hat", "widehat"), "\u0302"),
    **dict.fromkeys(("tilde", "widetilde"), "\u0303"),
    **dict.fromkeys(("bar", "overline"), "\u0305"),
    **dict.fromkeys(("vec", "overrightarrow"), "\u20d7"),
    "dot": "\u0307",
    "ddot": "\u0308",
    "acute": "\u0301",
    "grave": "\u0300",
    "breve": "\u0306",
    "check": "\u030c",
    "mathring": "\u030a",
    "underline": "\u0332",
}
"""Marks that stand over (or under) a character."""

LINES: Final = ("bar", "overline", "underline")
"""Accents that can go on over several characters."""

ALPHABETS: Final = {
    "mathbb": ("DOUBLE-STRUCK",),
    "mathcal": ("SCRIPT",),
    "mathscr": ("SCRIPT",),
    "mathfrak": ("FRAKTUR", "BLACK-LETTER"),
    "mathbf": ("BOLD",),
    "boldsymbol": ("BOLD",),
    "bm": ("BOLD",),
}
"""What Unicode calls the letters of a LaTeX alphabet."""

_DIGITS = (
    *("ZERO", "ONE", "TWO", "THREE", "FOUR"),
    *("FIVE", "SIX", "SEVEN", "EIGHT", "NINE"),
)


def letter(char: str, alphabet: str) -> str:
    """A letter or digit in an alphabet (`mathbb` …), itself where there is none."""
    if not (char.isascii() and char.isalnum()):
        return char
    if char.isdigit():
        kind = f"DIGIT {_DIGITS[int(char)]}"
    else:
        kind = f"{'CAPITAL' if char.isupper() else 'SMALL'} {char.upper()}"
    for name in ALPHABETS[alphabet]:
        for full in (f"{name} {kind}", f"MATHEMATICAL {name} {kind}"):
            try:
                return unicodedata.lookup(full)
            except KeyError:
                continue
    return char


SUPERSCRIPTS: Final = {
    **dict(zip("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True)),
    **dict(zip("abcdefghijklm", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐ", strict=True)),
    **dict(zip("noprstuvwxyz", "ⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)),
    **dict(zip("ABDEGHIJKLMNOPRTUVW", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ", strict=True)),
    **dict(zip("βγδθϕφχ−", "ᵝᵞᵟᶿᵠᵠᵡ⁻", strict=True)),
    **dict(zip("∘°′†‡*∗⊤", "°°′†‡**ᵀ", strict=True)),
}
"""Characters that exist raised, as they stand raised."""

SUBSCRIPTS: Final = {
    **dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True)),
    **dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
    **dict(zip("βγρϕφχ−", "ᵦᵧᵨᵩᵩᵪ₋", strict=True)),
}
"""The same of lowered ones."""


def script(text: str, signs: dict[str, str]) -> str | None:
    """The text raised or lowered; None where a character of it is missing."""
    if not text or not all(char in signs for char in text):
        return None
    return "".join(signs[char] for char in text)
