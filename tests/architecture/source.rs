//! Rust source → what the test needs of it: declared modules and paths.

/// What one file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// The files that it declares with `mod name;`, with the inline modules around the declaration.
    pub(crate) children: Vec<Vec<String>>,
    /// Every path that starts with `crate`, `super` or `self`, and the inline modules around it.
    pub(crate) paths: Vec<(Vec<String>, Vec<String>)>,
}

impl Source {
    /// Reads a file. Code under `#[cfg(test)]` is left out.
    pub(crate) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut source = Self::default();
        source.items(&mut tokens.as_slice(), &mut Vec::new());
        source
    }

    /// Reads to the closing brace of the block, or to the end.
    fn items(&mut self, rest: &mut &[Token], inline: &mut Vec<String>) {
        while let Some((token, tail)) = rest.split_first() {
            match token {
                Token::Close => {
                    *rest = tail;
                    return;
                }
                Token::Open => {
                    *rest = tail;
                    self.items(rest, inline);
                }
                Token::CfgTest => {
                    *rest = tail;
                    skip_item(rest);
                }
                Token::Word(word) if word == "mod" => match tail {
                    [Token::Word(name), Token::Semicolon, ..] => {
                        let mut child = inline.clone();
                        child.push(name.clone());
                        self.children.push(child);
                        *rest = &tail[2..];
                    }
                    [Token::Word(name), Token::Open, ..] => {
                        *rest = &tail[2..];
                        inline.push(name.clone());
                        self.items(rest, inline);
                        inline.pop();
                    }
                    _ => *rest = tail,
                },
                Token::Word(word) if word == "use" => {
                    *rest = tail;
                    self.use_tree(rest, &mut Vec::new(), inline);
                }
                // `pub(in path)` names a module without importing it.
                Token::Word(word) if word == "pub" => match tail {
                    [Token::Word(word), visibility @ ..] if word == "in" => {
                        *rest = visibility;
                        path(rest);
                    }
                    _ => *rest = tail,
                },
                Token::Word(word) if is_anchor(word) && tail.first() == Some(&Token::Path) => {
                    let path = path(rest);
                    self.paths.push((inline.clone(), path));
                }
                _ => *rest = tail,
            }
        }
    }

    /// Reads one branch of a `use`: to the comma, the closing brace or the semicolon behind it.
    fn use_tree(&mut self, rest: &mut &[Token], prefix: &mut Vec<String>, inline: &[String]) {
        let depth = prefix.len();
        let mut is_group = false;
        while let Some((token, tail)) = rest.split_first() {
            match token {
                Token::Word(word) if word == "as" => {
                    *rest = tail.get(1..).unwrap_or_default();
                    continue;
                }
                Token::Word(word) => prefix.push(word.clone()),
                Token::Open => {
                    is_group = true;
                    *rest = tail;
                    loop {
                        self.use_tree(rest, prefix, inline);
                        match rest.split_first() {
                            Some((Token::Comma, tail)) => *rest = tail,
                            Some((_, tail)) => {
                                *rest = tail;
                                break;
                            }
                            None => break,
                        }
                    }
                    continue;
                }
                Token::Comma | Token::Close | Token::Semicolon => break,
                _ => {}
            }
            *rest = tail;
        }
        // `use a::{self}` names a.
        if prefix.len() > 1 && prefix.last().is_some_and(|last| last == "self") {
            prefix.pop();
        }
        if !is_group && prefix.first().is_some_and(|first| is_anchor(first)) {
            self.paths.push((inline.to_vec(), prefix.clone()));
        }
        prefix.truncate(depth);
    }
}

/// Reads `a::b::c`.
fn path(rest: &mut &[Token]) -> Vec<String> {
    let mut path = Vec::new();
    while let [Token::Word(word), tail @ ..] = *rest {
        path.push(word.clone());
        *rest = tail;
        let [Token::Path, tail @ ..] = tail else { break };
        *rest = tail;
    }
    path
}

fn is_anchor(word: &str) -> bool {
    matches!(word, "crate" | "super" | "self")
}

/// Skips what `#[cfg(test)]` stands before: to its semicolon, or to the end of its block.
fn skip_item(rest: &mut &[Token]) {
    let mut depth = 0;
    while let Some((token, tail)) = rest.split_first() {
        *rest = tail;
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Semicolon if depth == 0 => return,
            _ => continue,
        }
        if depth == 0 {
            return;
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Open,
    Close,
    Comma,
    Semicolon,
    /// `#[cfg(test)]`
    CfgTest,
}

/// Comments, strings and characters are gone, and of attributes only `#[cfg(test)]` is left.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if rest.starts_with("#[") || rest.starts_with("#![") {
            let len = attribute(rest);
            if rest[..len].split_whitespace().collect::<String>() == "#[cfg(test)]" {
                tokens.push(Token::CfgTest);
            }
            len
        } else if let Some(len) = raw_string(rest) {
            len
        } else if first == '"' {
            string(rest)
        } else if first == '\'' {
            character(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let len = end.unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..len].to_owned()));
            len
        } else if rest.starts_with("::") {
            tokens.push(Token::Path);
            2
        } else {
            tokens.extend(match first {
                '{' => Some(Token::Open),
                '}' => Some(Token::Close),
                ',' => Some(Token::Comma),
                ';' => Some(Token::Semicolon),
                _ => None,
            });
            first.len_utf8()
        };
        rest = &rest[len..];
    }
    tokens
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn attribute(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let len = match rest.as_bytes()[0] {
            b'"' => string(rest),
            b'[' => {
                depth += 1;
                1
            }
            b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
                1
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += len;
    }
    text.len()
}

/// The length of `r"…"`, `r#"…"#` or the same with `b` before it.
fn raw_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let body = body[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = text.len() - body.len();
    Some(start + body.find(&end).map_or(body.len(), |at| at + end.len()))
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character, or the apostrophe of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => {
            chars.find(|&(_, c)| c == '\'').map_or(text.len(), |(at, _)| at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
