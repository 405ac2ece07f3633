"""The language server: what editors ask over stdio, answered by the plain functions of this room."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from gristmill import __version__
from gristmill.editor.completion import Proposal, Sort, proposals
from gristmill.editor.cursor import Cursor, Where
from gristmill.editor.diagnostics import diagnose
from gristmill.editor.explaining import explain, signature_at, word_at
from gristmill.editor.fixes import fix_of
from gristmill.editor.formatting import formatted
from gristmill.editor.knowledge import Known, known_before
from gristmill.editor.locating import cursor_at
from gristmill.editor.outline import outline
from gristmill.editor.positions import Lines
from gristmill.editor.surroundings import Surroundings, surroundings
from gristmill.problems import Problem

PAUSE = 0.15  # seconds without a key pressed before a text is checked
UNNAMED = Path("recipe.wrangle")
KINDS = {
    Sort.TRANSFORM: lsp.CompletionItemKind.Keyword,
    Sort.PARAMETER: lsp.CompletionItemKind.Property,
    Sort.FUNCTION: lsp.CompletionItemKind.Function,
    Sort.COLUMN: lsp.CompletionItemKind.Field,
    Sort.WORD: lsp.CompletionItemKind.EnumMember,
    Sort.TYPE: lsp.CompletionItemKind.TypeParameter,
    Sort.DATASET: lsp.CompletionItemKind.Module,
    Sort.VARIABLE: lsp.CompletionItemKind.Variable,
}
SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


class Server(LanguageServer):
    """A pygls server. Texts come whole: how a text is cut into lines is ours to say."""

    def __init__(self) -> None:
        super().__init__("gristmill", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)

    def lines(self, uri: str) -> Lines:
        """The present text of a document."""
        return Lines(self.workspace.get_text_document(uri).source)

    def offset(self, lines: Lines, position: lsp.Position) -> int:
        """The offset of a client's position, which counts in the units that were agreed on."""
        found = self.workspace.position_codec.position_from_client_units(lines.lines, position)
        return lines.offset(found.line, found.character)

    def range(self, lines: Lines, start: int, end: int) -> lsp.Range:
        """A stretch in the client's units."""
        return lsp.Range(self._position(lines, start), self._position(lines, end))

    def _position(self, lines: Lines, offset: int) -> lsp.Position:
        line, column = lines.place(offset)
        return lsp.Position(line, self.workspace.position_codec.client_num_units(lines.lines[line][:column]))

    def whole(self, lines: Lines) -> lsp.Range:
        """The whole text."""
        return self.range(lines, 0, len(lines.text))


def file_of(uri: str) -> Path | None:
    """Where a document lies; None for one that is no file yet."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def beside(uri: str) -> Surroundings:
    """The data beside a document."""
    file = file_of(uri)
    return surroundings(file) if file is not None else Surroundings()


def make_server() -> Server:
    """A server with all that it answers."""
    server = Server()
    _add_checking(server)
    _add_whole_texts(server)
    _add_places(server)
    return server


def serve() -> None:
    """Answer on stdin and stdout until the client goes."""
    logging.getLogger("pygls").setLevel(logging.ERROR)
    make_server().start_io()


# -- checking ----------------------------------------------------------------------------------------


def _add_checking(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
        await _check(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: Server, params: lsp.DidSaveTextDocumentParams) -> None:
        await _check(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
        await asyncio.sleep(PAUSE)
        document = ls.workspace.text_documents.get(params.text_document.uri)
        if document is not None and document.version == params.text_document.version:
            await _check(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
        ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, []))

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def fixes(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found = (_fix(params.text_document.uri, diagnostic) for diagnostic in params.context.diagnostics)
        return [fix for fix in found if fix is not None]


async def _check(ls: Server, uri: str) -> None:
    """Publish what is wrong with a document, unless it has changed in the meantime."""
    document = ls.workspace.get_text_document(uri)
    version, lines = document.version, Lines(document.source)
    file = file_of(uri) or UNNAMED
    problems = await asyncio.to_thread(lambda: diagnose(file, lines.text, beside(uri)))
    now = ls.workspace.text_documents.get(uri)
    if now is not None and now.version == version:
        found = [_diagnostic(ls, lines, problem) for problem in problems]
        ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))


def _diagnostic(ls: Server, lines: Lines, problem: Problem) -> lsp.Diagnostic:
    assert problem.span is not None
    fix = fix_of(problem, lines)
    return lsp.Diagnostic(
        range=ls.range(lines, *lines.stretch(problem.span)),
        message=f"{problem.message}. {problem.hint}" if problem.hint else problem.message,
        severity=SEVERITIES[problem.severity],
        code=problem.code,
        source="gristmill",
        data={"title": fix.title, "text": fix.text} if fix is not None else None,
    )


def _fix(uri: str, diagnostic: lsp.Diagnostic) -> lsp.CodeAction | None:
    """The quick fix that a diagnostic of ours brought with it."""
    if diagnostic.source != "gristmill" or not isinstance(diagnostic.data, dict):
        return None
    edit = lsp.TextEdit(diagnostic.range, str(diagnostic.data.get("text")))
    return lsp.CodeAction(
        title=str(diagnostic.data.get("title")),
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        edit=lsp.WorkspaceEdit(changes={uri: [edit]}),
        is_preferred=True,
    )


# -- whole texts -------------------------------------------------------------------------------------


def _add_whole_texts(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def format_(ls: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        source = ls.workspace.get_text_document(params.text_document.uri).source
        lines = Lines(source)
        new = formatted(lines.text).text
        return [lsp.TextEdit(ls.whole(lines), new)] if new != source else []

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(ls: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        lines = ls.lines(params.text_document.uri)
        return [
            lsp.DocumentSymbol(
                name=entry.name,
                detail=entry.detail,
                kind=lsp.SymbolKind.Function if entry.readable else lsp.SymbolKind.Null,
                range=ls.range(lines, entry.start, entry.end),
                selection_range=ls.range(lines, entry.start, entry.start),
            )
            for entry in outline(lines)
        ]


# -- places ------------------------------------------------------------------------------------------


def _add_places(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(" :,([{$.")))
    async def complete(ls: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
        uri = params.text_document.uri
        lines = ls.lines(uri)
        offset = ls.offset(lines, params.position)
        cursor = cursor_at(lines.text, offset)
        found = proposals(lines.text, offset, cursor, await _known(uri, lines, cursor))
        return lsp.CompletionList(False, [_item(ls, lines, proposal) for proposal in found])

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
        uri = params.text_document.uri
        lines = ls.lines(uri)
        cursor = word_at(lines.text, ls.offset(lines, params.position))
        found = explain(lines.text, cursor, await _known(uri, lines, cursor))
        return lsp.Hover(_markdown(found.text), ls.range(lines, found.start, found.end)) if found is not None else None

    @server.feature(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","]))
    def signature(ls: Server, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        lines = ls.lines(params.text_document.uri)
        found = signature_at(cursor_at(lines.text, ls.offset(lines, params.position)))
        if found is None:
            return None
        arguments = [lsp.ParameterInformation(name, doc or None) for name, doc in found.arguments]
        information = lsp.SignatureInformation(found.label, _markdown(found.doc), arguments)
        return lsp.SignatureHelp([information], active_signature=0, active_parameter=found.active)


async def _known(uri: str, lines: Lines, cursor: Cursor) -> Known:
    """The names that the place may use; looked up only where a value may stand."""
    if cursor.where is not Where.VALUE:
        return Known()
    file = file_of(uri) or UNNAMED
    return await asyncio.to_thread(lambda: known_before(file, lines.text, cursor.step, beside(uri)))


def _item(ls: Server, lines: Lines, proposal: Proposal) -> lsp.CompletionItem:
    written = lines.text[proposal.start : proposal.end]
    return lsp.CompletionItem(
        label=proposal.label,
        kind=KINDS[proposal.sort],
        detail=proposal.detail or None,
        documentation=_markdown(proposal.doc) if proposal.doc else None,
        sort_text=f"{0 if proposal.first else 1}{proposal.label}",
        # editors compare the word that is there with this text
        filter_text="{" + proposal.label if written.startswith("{") else proposal.label,
        text_edit=lsp.TextEdit(ls.range(lines, proposal.start, proposal.end), proposal.text),
    )


def _markdown(text: str) -> lsp.MarkupContent:
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
