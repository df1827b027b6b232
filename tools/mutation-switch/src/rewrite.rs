//! Source → the same source with all mutants in it, each in an arm of a `match` on the active one.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, BinOp, Block, Expr, ExprBinary, ImplItem, Item, Signature, TraitItem, Type, UnOp,
    parse_quote,
};

use crate::replacements;
use crate::source::{Source, is_built};

/// One change of the source.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// Counted from 1, through all files, whether it compiles or not.
    pub(crate) number: u32,
    /// The first number of the `match` that it is an arm of.
    pub(crate) site: u32,
    pub(crate) file: String,
    /// First and last line of what is replaced.
    pub(crate) lines: (usize, usize),
    /// `file: function: change`, which no other mutant has.
    pub(crate) name: String,
    pub(crate) is_built: bool,
}

/// What has to stay as it is for the copy to compile.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    /// The numbers of mutants.
    pub(crate) mutants: HashSet<u32>,
    /// Functions that are called where a constant is needed: `Type::name` or `name`.
    pub(crate) constant: HashSet<String>,
}

/// Rewrites all files. Returns their new texts in the same order.
pub(crate) fn rewrite(sources: &[Source], left_out: &LeftOut) -> (Vec<String>, Vec<Mutant>) {
    let mut mutants = Vec::new();
    let mut names = HashMap::new();
    let rewritten = sources.iter().map(|source| {
        let Ok(mut file) = syn::parse_file(&source.text) else { return source.text.clone() };
        let mut rewriter = Rewriter {
            source,
            left_out,
            owner: None,
            function: Vec::new(),
            constant_depth: 0,
            mutants: &mut mutants,
            names: &mut names,
        };
        rewriter.visit_file_mut(&mut file);
        prettyplease::unparse(&file)
    });
    let rewritten = rewritten.collect();
    (rewritten, mutants)
}

struct Rewriter<'a> {
    source: &'a Source,
    left_out: &'a LeftOut,
    /// The type of the `impl`, or the trait.
    owner: Option<String>,
    /// The function, and those around it.
    function: Vec<String>,
    /// How many functions around this code stay `const`.
    constant_depth: usize,
    mutants: &'a mut Vec<Mutant>,
    /// How often each name occurred.
    names: &'a mut HashMap<String, usize>,
}

impl Rewriter<'_> {
    fn function(&mut self, attributes: &[Attribute], signature: &mut Signature, block: &mut Block) {
        if !is_built(attributes) {
            return;
        }
        let name = match &self.owner {
            Some(owner) => format!("{owner}::{}", signature.ident),
            None => signature.ident.to_string(),
        };
        let stays = signature.constness.is_some() && self.left_out.constant.contains(&name);
        if !stays {
            signature.constness = None;
        }
        self.constant_depth += usize::from(stays);
        self.function.push(name);
        let before = block.to_token_stream().to_string();
        let lines = lines(block);
        visit_mut::visit_block_mut(self, block);
        let values = replacements::of_body(&signature.output).into_iter();
        let values = values.filter(|value| before != quote!({ #value }).to_string());
        let values = values.filter(|value| !(block.stmts.is_empty() && value.to_string() == "()"));
        let arms = values.map(|value| (value.clone(), format!("returns {}", shown(&value))));
        let body: Expr = parse_quote!(#block);
        let replaced = self.switch(arms.collect(), lines, body);
        if !matches!(replaced, Expr::Block(_)) {
            *block = parse_quote!({ #replaced });
        }
        self.function.pop();
        self.constant_depth -= usize::from(stays);
    }

    /// A `match` whose arms are `arms`, each with what it changes, and `original` for all others.
    fn switch(
        &mut self,
        arms: Vec<(TokenStream, String)>,
        lines: (usize, usize),
        original: Expr,
    ) -> Expr {
        let next = |mutants: &Vec<Mutant>| mutants.len() as u32 + 1;
        let site = next(self.mutants);
        let mut built = Vec::new();
        for (expression, change) in arms {
            let number = next(self.mutants);
            let is_built = self.constant_depth == 0 && !self.left_out.mutants.contains(&number);
            if is_built {
                let pattern = Literal::u32_suffixed(number);
                built.push(quote!(#pattern => #expression,));
            }
            let function = self.function.last().map_or("", String::as_str);
            let mut name = format!("{}: {function}: {change}", self.source.path);
            let count = self.names.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                name = format!("{name} ({count})");
            }
            let file = self.source.path.clone();
            self.mutants.push(Mutant { number, site, file, lines, name, is_built });
        }
        if built.is_empty() {
            return original;
        }
        let site = Literal::u32_suffixed(site);
        parse_quote!((match crate::mutant::at(#site) { #(#built)* _ => (#original) }))
    }

    /// An `impl`, a trait, or a module inside the file.
    fn inside<T>(&mut self, owner: Option<String>, item: &mut T, visit: fn(&mut Self, &mut T)) {
        let outer = std::mem::replace(&mut self.owner, owner);
        visit(self, item);
        self.owner = outer;
    }
}

impl VisitMut for Rewriter<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Fn(item) => {
                let outer = self.owner.take();
                self.function(&item.attrs, &mut item.sig, &mut item.block);
                self.owner = outer;
            }
            Item::Impl(item) if is_built(&item.attrs) => {
                let owner = type_name(&item.self_ty);
                self.inside(owner, item, visit_mut::visit_item_impl_mut);
            }
            Item::Trait(item) if is_built(&item.attrs) => {
                let owner = Some(item.ident.to_string());
                self.inside(owner, item, visit_mut::visit_item_trait_mut);
            }
            Item::Mod(item) if is_built(&item.attrs) => {
                self.inside(None, item, visit_mut::visit_item_mod_mut);
            }
            _ => {}
        }
    }

    fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
        if let ImplItem::Fn(item) = item {
            self.function(&item.attrs, &mut item.sig, &mut item.block);
        }
    }

    fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
        if let TraitItem::Fn(item) = item
            && let Some(block) = &mut item.default
        {
            self.function(&item.attrs, &mut item.sig, block);
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        if !is_built(&arm.attrs) {
            return;
        }
        if let Some((_, guard)) = &mut arm.guard {
            let text = text(guard);
            let lines = lines(guard);
            self.visit_expr_mut(guard);
            if !has_let(guard) {
                let values = [quote!(true), quote!(false)];
                let arms = values.map(|value| (value.clone(), format!("guard {value} for {text}")));
                **guard = self.switch(arms.to_vec(), lines, (**guard).clone());
            }
        }
        self.visit_expr_mut(&mut arm.body);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Const(_) | Expr::Macro(_) => return,
            Expr::Repeat(repeat) => return self.visit_expr_mut(&mut repeat.expr),
            _ => {}
        }
        let arms = operators(expression);
        let lines = lines(expression);
        visit_mut::visit_expr_mut(self, expression);
        if !arms.is_empty() {
            *expression = self.switch(arms, lines, expression.clone());
        }
    }

    // Constants.
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_pat_mut(&mut self, _: &mut syn::Pat) {}
    fn visit_path_arguments_mut(&mut self, _: &mut syn::PathArguments) {}
    fn visit_angle_bracketed_generic_arguments_mut(
        &mut self,
        _: &mut syn::AngleBracketedGenericArguments,
    ) {
    }
}

/// What takes the place of an expression that is an operator and its operands.
fn operators(expression: &Expr) -> Vec<(TokenStream, String)> {
    match expression {
        Expr::Binary(ExprBinary { left, op, right, .. }) if !has_let(expression) => {
            let arm = |other: BinOp| {
                let change = format!("{} for {} in {}", shown(&other), shown(op), text(expression));
                (quote!((#left) #other (#right)), change)
            };
            // The left side of an assignment is a place, which may be in parentheses.
            replacements::of_operator(op).into_iter().map(arm).collect()
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)) => {
            let operand = &unary.expr;
            vec![(quote!(#operand), format!("no {} in {}", shown(&unary.op), text(expression)))]
        }
        _ => Vec::new(),
    }
}

/// Whether a condition binds names, so that its `&&` is no operator.
fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn type_name(kind: &Type) -> Option<String> {
    match kind {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Type::Reference(reference) => type_name(&reference.elem),
        _ => None,
    }
}

fn lines(node: &impl Spanned) -> (usize, usize) {
    (node.span().start().line, node.span().end().line)
}

/// The source of a node on one line.
fn text(node: &(impl Spanned + ToTokens)) -> String {
    let text = node.span().source_text().unwrap_or_else(|| node.to_token_stream().to_string());
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

fn shown(node: &impl ToTokens) -> String {
    node.to_token_stream().to_string().replace(' ', "")
}
