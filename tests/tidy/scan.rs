//! Reads a Rust file's tokens: the paths it names, its functions' lengths, its `allow`s.
//! No rule: comments and strings are no code, and `tidy.rs` judges what is found.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[derive(Default)]
pub(super) struct Scan {
    /// Line, and the path in full: `use crate::{store::{a, b}}` names two. `super` and `self` are
    /// resolved.
    pub(super) paths: Vec<(usize, String)>,
    /// Line, name, and lines from `fn` to the closing brace.
    pub(super) functions: Vec<(usize, String, usize)>,
    /// Lines of `#[allow(...)]`, also inside a `cfg_attr`.
    pub(super) allows: Vec<usize>,
}

impl Scan {
    /// Of a file that is the module `modules` of the crate. The error begins with the line.
    pub(super) fn of(text: &str, modules: &[String]) -> Result<Self, String> {
        let tokens: TokenStream = text.parse().map_err(|wrong: proc_macro2::LexError| {
            format!("{}: not Rust: {wrong}", wrong.span().start().line)
        })?;
        let mut scan = Self::default();
        scan.walk(tokens, &[], modules);
        Ok(scan)
    }

    /// `prefix` is what stands before `::{` when the tokens are an import's braces.
    fn walk(&mut self, tokens: TokenStream, prefix: &[String], modules: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = tokens.get(at + 1..).unwrap_or_default();
            match token {
                TokenTree::Ident(word) if word == "fn" => self.function(word, rest),
                TokenTree::Ident(word) if word == "mod" => {
                    if let [TokenTree::Ident(name), TokenTree::Group(body), ..] = rest {
                        let inner = [modules, &[name.to_string()]].concat();
                        self.walk(body.stream(), &[], &inner);
                        at += 3;
                        continue;
                    }
                }
                TokenTree::Ident(_) => {
                    at = self.path(&tokens, at, prefix, modules);
                    continue;
                }
                TokenTree::Punct(mark) if mark.as_char() == '#' => self.attribute(rest),
                TokenTree::Group(group) => self.walk(group.stream(), prefix, modules),
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads `a::b::c` or `a::b::{...}` from `at`; gives the place after it.
    fn path(
        &mut self,
        tokens: &[TokenTree],
        mut at: usize,
        prefix: &[String],
        modules: &[String],
    ) -> usize {
        let line = tokens.get(at).map_or(0, |token| token.span().start().line);
        let mut words = prefix.to_vec();
        while let Some(TokenTree::Ident(word)) = tokens.get(at) {
            words.push(word.to_string().trim_start_matches("r#").to_owned());
            at += 1;
            if !colons(tokens, at) {
                break;
            }
            match tokens.get(at + 2) {
                Some(TokenTree::Ident(_)) => at += 2,
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.walk(group.stream(), &words, modules);
                    return at + 3;
                }
                _ => break,
            }
        }
        self.paths.push((line, resolved(&words, modules).join("::")));
        at
    }

    fn function(&mut self, word: &proc_macro2::Ident, rest: &[TokenTree]) {
        let Some(TokenTree::Ident(name)) = rest.first() else { return };
        let ends = |token: &&TokenTree| body(token).is_some() || is_mark(token, ';');
        if let Some(body) = rest.iter().find(ends).and_then(body) {
            let first = word.span().start().line;
            let last = body.span_close().end().line;
            self.functions.push((first, name.to_string(), last + 1 - first));
        }
    }

    fn attribute(&mut self, rest: &[TokenTree]) {
        let bang = usize::from(rest.first().is_some_and(|token| is_mark(token, '!')));
        if let Some(TokenTree::Group(group)) = rest.get(bang)
            && allows(group.stream())
        {
            self.allows.push(group.span_open().start().line);
        }
    }
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn colons(tokens: &[TokenTree], at: usize) -> bool {
    [at, at + 1].into_iter().all(|at| tokens.get(at).is_some_and(|token| is_mark(token, ':')))
}

fn body(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// Whether an attribute is `allow(...)`, or a `cfg_attr` that holds one.
fn allows(attribute: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match (token, tokens.get(at + 1)) {
        (TokenTree::Ident(word), Some(TokenTree::Group(group))) => {
            word == "allow" || (word == "cfg_attr" && allows(group.stream()))
        }
        _ => false,
    })
}

/// A path from the crate's root, when it begins with `self` or `super`.
fn resolved(words: &[String], modules: &[String]) -> Vec<String> {
    let first = words.first().map_or("", String::as_str);
    if first != "self" && first != "super" {
        return words.to_vec();
    }
    let supers = words.iter().skip_while(|word| *word == "self");
    let supers = supers.take_while(|word| *word == "super").count();
    let stay = modules.iter().take(modules.len().saturating_sub(supers));
    let rest = words.iter().skip_while(|word| *word == "self" || *word == "super");
    std::iter::once("crate".to_owned()).chain(stay.cloned()).chain(rest.cloned()).collect()
}
