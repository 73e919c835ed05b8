//! The language of document templates: a small subset of Jinja, checked before the template engine sees a template.
//!
//! Policies are user input, and a template is a program. In this subset a program cannot grow: it may read, compare and
//! print values and loop over one list at a time, but not compute, assign, call or include. So its cost is at most its
//! length times the rows of a list. Every name in every branch must exist in the sample of the document kind, so that a
//! branch that no sample reaches cannot fail for a real case.

use serde_json::Value;

use super::template::TemplateFault;

/// Maximum number of characters of a template.
pub const MOST_CHARACTERS: usize = 20_000;
/// Maximum bytes and tokens within one `{{ … }}` or `{% … %}`.
const MOST_BYTES: usize = 500;
const MOST_TOKENS: usize = 60;
/// Maximum nesting of parentheses, and of blocks.
const MOST_NESTING: usize = 8;
/// Maximum number of filters after one value.
const MOST_FILTERS: usize = 4;
/// Maximum number of tags `{{ … }}` and `{% … %}` in a template.
const MOST_TAGS: usize = 500;

/// Members of `loop` within `{% for %}`.
const LOOP: &[&str] = &["index", "index0", "revindex", "revindex0", "first", "last", "length"];
const FILTERS: &[&str] = &["sentence", "join", "length", "default", "trim", "upper", "lower"];
const TESTS: &[&str] = &["none", "defined"];
const KEYWORDS: &[&str] =
    &["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "loop"];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'t> {
    Name(&'t str),
    Text(&'t str),
    Whole,
    Sign(&'static str),
}

/// Longer signs must come before their prefixes.
const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "<", ">", ".", "|", "(", ")", "[", "]", ","];

/// The kind of an expression, according to the sample.
#[derive(Clone, Copy)]
enum Shape<'s> {
    /// A value of the case.
    Case(&'s Value),
    /// Text or a number: a literal or the result of a filter.
    Plain,
    /// True or false.
    Answer,
    Loop,
}

impl Shape<'_> {
    fn is_printable(self) -> bool {
        match self {
            Shape::Case(value) => matches!(value, Value::String(_) | Value::Number(_)),
            Shape::Plain => true,
            Shape::Answer | Shape::Loop => false,
        }
    }

    fn is_scalar(self) -> bool {
        self.is_printable() || matches!(self, Shape::Answer | Shape::Case(Value::Bool(_)))
    }
}

enum Block<'t, 's> {
    If { has_else: bool },
    For { name: &'t str, item: &'s Value, has_else: bool },
}

fn fault<T>(zh: impl Into<String>, en: impl Into<String>) -> Result<T, TemplateFault> {
    Err(TemplateFault::new(zh, en))
}

/// Checks that a template uses this language and only names that `sample` has.
pub fn check(text: &str, sample: &Value) -> Result<(), TemplateFault> {
    // Check the bytes first, because counting the characters of a megabyte takes time.
    if text.len() > MOST_CHARACTERS * 4 || text.chars().count() > MOST_CHARACTERS {
        return fault(
            format!("模板最长{MOST_CHARACTERS}个字符"),
            format!("the template must have at most {MOST_CHARACTERS} characters"),
        );
    }
    let mut checker = Checker { sample, blocks: Vec::new() };
    let mut rest = text;
    let mut tags = 0;
    while let Some(at) = tag(rest) {
        let before = &text[..text.len() - rest.len() + at];
        let (opening, inner) = rest[at..].split_at(2);
        rest = match opening {
            "{#" => match inner.find("#}") {
                Some(end) => &inner[end + 2..],
                None => return on_line(before, fault("注释没有结束标记", "a comment has no end")),
            },
            _ => {
                tags += 1;
                if tags > MOST_TAGS {
                    return on_line(
                        before,
                        fault(format!("“{{{{ }}}}”和“{{% %}}”最多{MOST_TAGS}处"), format!("at most {MOST_TAGS} tags")),
                    );
                }
                let end = if opening == "{{" { "}}" } else { "%}" };
                let (tokens, after) = on_line(before, tokens(inner, end))?;
                let checked = if opening == "{{" { checker.print(&tokens) } else { checker.block(&tokens) };
                on_line(before, checked)?;
                after
            }
        };
    }
    match checker.blocks.last() {
        None => Ok(()),
        Some(Block::If { .. }) => fault("if 缺少 endif", "an if has no endif"),
        Some(Block::For { .. }) => fault("for 缺少 endfor", "a for has no endfor"),
    }
}

/// Adds the line number to an error; the lines are counted only in this case.
fn on_line<T>(before: &str, result: Result<T, TemplateFault>) -> Result<T, TemplateFault> {
    result.map_err(|fault| fault.on_line(1 + before.matches('\n').count()))
}

/// Offset of the next tag.
fn tag(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(1)).find(|at| bytes[*at] == b'{' && matches!(bytes[at + 1], b'{' | b'%' | b'#'))
}

/// The tokens up to the end of a tag, and the text after it.
fn tokens<'t>(inner: &'t str, end: &str) -> Result<(Vec<Token<'t>>, &'t str), TemplateFault> {
    let mut rest = inner.strip_prefix(['-', '+']).unwrap_or(inner);
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if inner.len() - rest.len() > MOST_BYTES || tokens.len() > MOST_TOKENS {
            return fault(
                format!("一处表达式最长{MOST_BYTES}字节、{MOST_TOKENS}个词"),
                format!("an expression may have at most {MOST_BYTES} bytes and {MOST_TOKENS} words"),
            );
        }
        if let Some(after) = rest.strip_prefix(['-', '+']).unwrap_or(rest).strip_prefix(end) {
            return Ok((tokens, after));
        }
        let Some(first) = rest.chars().next() else {
            return fault(format!("缺少“{end}”"), format!("{end} is missing"));
        };
        let letters = |allowed: fn(&char) -> bool| rest.chars().take_while(allowed).count();
        let (token, length) = if first.is_ascii_alphabetic() || first == '_' {
            let length = letters(|letter| letter.is_ascii_alphanumeric() || *letter == '_');
            (Token::Name(&rest[..length]), length)
        } else if first.is_ascii_digit() {
            let length = letters(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'));
            if length > 9 || !rest[..length].bytes().all(|digit| digit.is_ascii_digit()) {
                return fault("数字须为不超过9位的整数", "a number must be a whole number of at most 9 digits");
            }
            (Token::Whole, length)
        } else if first == '"' || first == '\'' {
            quoted(rest, first)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            return fault(format!("不能使用“{first}”"), format!("{first} cannot be used"));
        };
        tokens.push(token);
        rest = &rest[length..];
    }
}

fn quoted(rest: &str, quote: char) -> Result<(Token<'_>, usize), TemplateFault> {
    let end = rest[1..].find([quote, '\\', '\n']).map(|at| at + 1);
    match end {
        Some(end) if rest[end..].starts_with(quote) && end <= MOST_BYTES => Ok((Token::Text(&rest[1..end]), end + 1)),
        _ => fault("引号内的文字须在一行内结束，不得含反斜杠", "quoted text must end on its line without backslash"),
    }
}

struct Checker<'t, 's> {
    sample: &'s Value,
    blocks: Vec<Block<'t, 's>>,
}

impl<'t, 's> Checker<'t, 's> {
    fn print(&self, tokens: &[Token<'t>]) -> Result<(), TemplateFault> {
        let mut reader = Reader { checker: self, tokens, at: 0, nesting: 0 };
        let shape = reader.choice()?;
        reader.end()?;
        if shape.is_printable() {
            Ok(())
        } else {
            fault("只能输出文字或者数字", "only a text or a number may be printed")
        }
    }

    fn block(&mut self, tokens: &[Token<'t>]) -> Result<(), TemplateFault> {
        let Some((Token::Name(keyword), rest)) = tokens.split_first() else {
            return fault("“{%”之后须为 if、for 等", "{% must be followed by if, for or the like");
        };
        let reader = |checker: &Self, read: fn(&mut Reader<'_, 't, 's>) -> Result<(), TemplateFault>| {
            let mut reader = Reader { checker, tokens: rest, at: 0, nesting: 0 };
            read(&mut reader)?;
            reader.end()
        };
        match *keyword {
            "if" => {
                reader(self, |reader| reader.choice().map(drop))?;
                self.open(Block::If { has_else: false })
            }
            "elif" => match self.blocks.last() {
                Some(Block::If { has_else: false }) => reader(self, |reader| reader.choice().map(drop)),
                _ => fault("elif 不在 if 之内", "an elif is outside an if"),
            },
            "else" => {
                reader(self, |_| Ok(()))?;
                match self.blocks.last_mut() {
                    Some(Block::If { has_else } | Block::For { has_else, .. }) if !*has_else => {
                        *has_else = true;
                        Ok(())
                    }
                    _ => fault("else 不在 if 之内", "an else is outside an if"),
                }
            }
            "for" => self.open_for(rest),
            "endif" | "endfor" => {
                reader(self, |_| Ok(()))?;
                match (self.blocks.pop(), *keyword) {
                    (Some(Block::If { .. }), "endif") | (Some(Block::For { .. }), "endfor") => Ok(()),
                    _ => fault(format!("{keyword} 没有对应的开始"), format!("{keyword} has no matching start")),
                }
            }
            other => fault(
                format!("不能使用“{other}”，只能使用 if、elif、else、endif、for、endfor"),
                format!("{other} cannot be used; use if, elif, else, endif, for or endfor"),
            ),
        }
    }

    fn open(&mut self, block: Block<'t, 's>) -> Result<(), TemplateFault> {
        if self.blocks.len() == MOST_NESTING {
            return fault(format!("嵌套最多{MOST_NESTING}层"), format!("at most {MOST_NESTING} nested blocks"));
        }
        self.blocks.push(block);
        Ok(())
    }

    fn open_for(&mut self, tokens: &[Token<'t>]) -> Result<(), TemplateFault> {
        let [Token::Name(name), Token::Name("in"), rest @ ..] = tokens else {
            return fault("for 须写作“for 名称 in 列表”", "write a for as: for name in list");
        };
        if self.blocks.iter().any(|block| matches!(block, Block::For { .. })) {
            return fault("for 不得嵌套", "a for must not be inside another for");
        }
        if KEYWORDS.contains(name) {
            return fault(format!("“{name}”不得用作名称"), format!("{name} is not allowed as a name"));
        }
        let mut reader = Reader { checker: self, tokens: rest, at: 0, nesting: 0 };
        let Shape::Case(Value::Array(items)) = reader.path()? else {
            return fault("for 只能遍历列表", "a for needs a list");
        };
        reader.end()?;
        let item = items.first().unwrap_or(&Value::Null);
        self.open(Block::For { name, item, has_else: false })
    }

    fn resolve(&self, name: &str) -> Result<Shape<'s>, TemplateFault> {
        for block in self.blocks.iter().rev() {
            // In the `else` of a `for` there is no item.
            if let Block::For { name: own, item, has_else: false } = block {
                if *own == name {
                    return Ok(Shape::Case(item));
                }
                if name == "loop" {
                    return Ok(Shape::Loop);
                }
            }
        }
        match self.sample.get(name) {
            Some(value) => Ok(Shape::Case(value)),
            None => fault(format!("没有“{name}”"), format!("there is no {name}")),
        }
    }
}

struct Reader<'c, 't, 's> {
    checker: &'c Checker<'t, 's>,
    tokens: &'c [Token<'t>],
    at: usize,
    nesting: usize,
}

impl<'t, 's> Reader<'_, 't, 's> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    fn take(&mut self, token: Token<'t>) -> bool {
        let there = self.peek() == Some(token);
        self.at += usize::from(there);
        there
    }

    fn end(&self) -> Result<(), TemplateFault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => fault("表达式格式有误", "the expression is malformed"),
        }
    }

    /// `a if b else c`
    fn choice(&mut self) -> Result<Shape<'s>, TemplateFault> {
        let shape = self.either()?;
        if !self.take(Token::Name("if")) {
            return Ok(shape);
        }
        self.either()?;
        if !self.take(Token::Name("else")) {
            return fault("缺少 else", "else is missing");
        }
        let other = self.either()?;
        Ok(if shape.is_printable() && other.is_printable() { Shape::Plain } else { Shape::Answer })
    }

    fn either(&mut self) -> Result<Shape<'s>, TemplateFault> {
        let mut shape = self.negation()?;
        while self.take(Token::Name("or")) || self.take(Token::Name("and")) {
            self.negation()?;
            shape = Shape::Answer;
        }
        Ok(shape)
    }

    fn negation(&mut self) -> Result<Shape<'s>, TemplateFault> {
        let mut negated = 0;
        while self.take(Token::Name("not")) {
            negated += 1;
        }
        if negated > MOST_NESTING {
            return fault(format!("not 最多{MOST_NESTING}个"), format!("at most {MOST_NESTING} not in a row"));
        }
        let shape = self.comparison()?;
        Ok(if negated > 0 { Shape::Answer } else { shape })
    }

    fn comparison(&mut self) -> Result<Shape<'s>, TemplateFault> {
        let shape = self.value()?;
        let compared = ["==", "!=", "<", "<=", ">", ">="].iter().any(|sign| self.take(Token::Sign(sign)));
        if compared {
            let other = self.value()?;
            return match shape.is_scalar() && other.is_scalar() {
                true => Ok(Shape::Answer),
                false => fault("只能比较文字、数字和是非值", "only texts, numbers and true or false may be compared"),
            };
        }
        if self.take(Token::Name("is")) {
            self.take(Token::Name("not"));
            return match self.peek() {
                Some(Token::Name(test)) if TESTS.contains(&test) => {
                    self.at += 1;
                    Ok(Shape::Answer)
                }
                _ => fault("is 之后只能为 none 或者 defined", "is must be followed by none or defined"),
            };
        }
        let negated = self.peek() == Some(Token::Name("not"));
        self.at += usize::from(negated);
        if self.take(Token::Name("in")) {
            self.constants()?;
            return match shape.is_scalar() {
                true => Ok(Shape::Answer),
                false => fault("只能比较文字、数字和是非值", "only texts, numbers and true or false may be compared"),
            };
        }
        if negated { fault("表达式格式有误", "the expression is malformed") } else { Ok(shape) }
    }

    /// `['a', 'b']`
    fn constants(&mut self) -> Result<(), TemplateFault> {
        let mut went_well = self.take(Token::Sign("["));
        loop {
            went_well &= matches!(self.peek(), Some(Token::Text(_) | Token::Whole));
            self.at += 1;
            if !went_well || !self.take(Token::Sign(",")) {
                break;
            }
        }
        if went_well && self.take(Token::Sign("]")) {
            Ok(())
        } else {
            fault(
                "in 之后须为文字或者数字的列表，如 ['甲', '乙']",
                "in must be followed by a list of texts or numbers, such as ['a', 'b']",
            )
        }
    }

    fn value(&mut self) -> Result<Shape<'s>, TemplateFault> {
        let mut shape = match self.peek() {
            Some(Token::Text(_) | Token::Whole) => {
                self.at += 1;
                Shape::Plain
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                self.nesting += 1;
                if self.nesting > MOST_NESTING {
                    return fault(format!("括号最多{MOST_NESTING}层"), format!("at most {MOST_NESTING} parentheses"));
                }
                let shape = self.choice()?;
                if !self.take(Token::Sign(")")) {
                    return fault("缺少“)”", ") is missing");
                }
                self.nesting -= 1;
                shape
            }
            Some(Token::Name("true" | "True" | "false" | "False" | "none" | "None")) => {
                self.at += 1;
                Shape::Answer
            }
            _ => self.path()?,
        };
        let mut filters = 0;
        while self.take(Token::Sign("|")) {
            filters += 1;
            if filters > MOST_FILTERS {
                return fault(format!("过滤器最多{MOST_FILTERS}个"), format!("at most {MOST_FILTERS} filters"));
            }
            shape = self.filter(shape)?;
        }
        Ok(shape)
    }

    /// `office.name`
    fn path(&mut self) -> Result<Shape<'s>, TemplateFault> {
        let Some(Token::Name(name)) = self.peek() else {
            return fault("此处须为名称、文字或者数字", "a name, a text or a number is required here");
        };
        self.at += 1;
        let mut shape = self.checker.resolve(name)?;
        let mut path = name.to_owned();
        while self.take(Token::Sign(".")) {
            let Some(Token::Name(field)) = self.peek() else {
                return fault(format!("“{path}.”之后须为名称"), format!("a name is required after {path}."));
            };
            self.at += 1;
            path = format!("{path}.{field}");
            shape = match shape {
                Shape::Loop if LOOP.contains(&field) => {
                    if matches!(field, "first" | "last") {
                        Shape::Answer
                    } else {
                        Shape::Plain
                    }
                }
                Shape::Case(Value::Object(fields)) if fields.contains_key(field) => Shape::Case(&fields[field]),
                _ => return fault(format!("没有“{path}”"), format!("there is no {path}")),
            };
        }
        Ok(shape)
    }

    fn filter(&mut self, shape: Shape<'s>) -> Result<Shape<'s>, TemplateFault> {
        let name = match self.peek() {
            Some(Token::Name(name)) if FILTERS.contains(&name) => name,
            _ => {
                let all = FILTERS.join(", ");
                return fault(format!("过滤器只能为 {all}"), format!("the filter must be one of {all}"));
            }
        };
        self.at += 1;
        let takes_text = matches!(name, "join" | "default");
        let mut given = false;
        if self.take(Token::Sign("(")) {
            given = matches!(self.peek(), Some(Token::Text(_)));
            self.at += usize::from(given);
            if !self.take(Token::Sign(")")) {
                return fault(format!("{name} 的参数格式有误"), format!("the argument of {name} is malformed"));
            }
        }
        let is_list = matches!(shape, Shape::Case(Value::Array(_)));
        let fits = match name {
            "join" => matches!(shape, Shape::Case(Value::Array(items)) if items.iter().all(|item| item.is_string())),
            "length" => is_list || shape.is_printable(),
            _ => shape.is_printable(),
        };
        match fits && given == takes_text {
            true => Ok(Shape::Plain),
            false => fault(format!("{name} 不能这样使用"), format!("{name} cannot be used like this")),
        }
    }
}

#[cfg(test)]
#[path = "language_tests.rs"]
mod tests;
