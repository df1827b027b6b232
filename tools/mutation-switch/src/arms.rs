//! Where the mutants are in a rewritten file, to blame them for the compiler's errors.

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprMatch, Lit, Pat};

/// The arms of all switches of a file.
#[derive(Debug, Default)]
pub(crate) struct Arms(Vec<Arm>);

#[derive(Debug)]
struct Arm {
    start: LineColumn,
    end: LineColumn,
    /// The mutant, or all of the switch for its last arm, which is the original.
    numbers: Vec<u32>,
}

impl Arms {
    pub(crate) fn of(text: &str) -> Self {
        let mut arms = Self::default();
        if let Ok(file) = syn::parse_file(text) {
            arms.visit_file(&file);
        }
        arms
    }

    /// The mutants that an error in these lines is due to: those of the innermost arm around its
    /// start, or else those that begin in its lines.
    pub(crate) fn blamed(&self, start: LineColumn, end: LineColumn) -> Vec<u32> {
        let around = self.0.iter().filter(|arm| arm.start <= start && start < arm.end);
        if let Some(innermost) = around.max_by_key(|arm| arm.start) {
            return innermost.numbers.clone();
        }
        let begin = self.0.iter().filter(|arm| (start.line..=end.line).contains(&arm.start.line));
        begin.flat_map(|arm| arm.numbers.iter().copied()).collect()
    }
}

impl Visit<'_> for Arms {
    fn visit_expr_match(&mut self, node: &ExprMatch) {
        if is_switch(&node.expr) {
            let numbers: Vec<u32> = node.arms.iter().filter_map(|arm| number(&arm.pat)).collect();
            for arm in &node.arms {
                let numbers = number(&arm.pat).map_or(numbers.clone(), |number| vec![number]);
                self.0.push(Arm { start: arm.span().start(), end: arm.span().end(), numbers });
            }
        }
        visit::visit_expr_match(self, node);
    }
}

fn is_switch(scrutinee: &Expr) -> bool {
    let Expr::Call(call) = scrutinee else { return false };
    let Expr::Path(function) = &*call.func else { return false };
    let names: Vec<String> =
        function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    names == ["crate", "mutant", "at"]
}

fn number(pattern: &Pat) -> Option<u32> {
    match pattern {
        Pat::Lit(syn::PatLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        _ => None,
    }
}
