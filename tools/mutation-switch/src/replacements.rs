//! What takes the place of an operator or of the body of a function, as cargo-mutants chooses it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{BinOp, GenericArgument, PathArguments, ReturnType, Type, parse_quote};

/// The operators that are tried instead of one.
pub(crate) fn of_operator(operator: &BinOp) -> Vec<BinOp> {
    match operator {
        BinOp::Add(_) => vec![parse_quote!(-), parse_quote!(*)],
        BinOp::Sub(_) => vec![parse_quote!(+), parse_quote!(/)],
        BinOp::Mul(_) => vec![parse_quote!(+), parse_quote!(/)],
        BinOp::Div(_) => vec![parse_quote!(%), parse_quote!(*)],
        BinOp::Rem(_) => vec![parse_quote!(/), parse_quote!(+)],
        BinOp::And(_) => vec![parse_quote!(||)],
        BinOp::Or(_) => vec![parse_quote!(&&)],
        BinOp::BitXor(_) => vec![parse_quote!(|), parse_quote!(&)],
        BinOp::BitAnd(_) => vec![parse_quote!(|), parse_quote!(^)],
        BinOp::BitOr(_) => vec![parse_quote!(&), parse_quote!(^)],
        BinOp::Shl(_) => vec![parse_quote!(>>)],
        BinOp::Shr(_) => vec![parse_quote!(<<)],
        BinOp::Eq(_) => vec![parse_quote!(!=)],
        BinOp::Ne(_) => vec![parse_quote!(==)],
        BinOp::Lt(_) => vec![parse_quote!(==), parse_quote!(>), parse_quote!(<=)],
        BinOp::Le(_) => vec![parse_quote!(>)],
        BinOp::Ge(_) => vec![parse_quote!(<)],
        BinOp::Gt(_) => vec![parse_quote!(==), parse_quote!(<), parse_quote!(>=)],
        BinOp::AddAssign(_) => vec![parse_quote!(-=), parse_quote!(*=)],
        BinOp::SubAssign(_) => vec![parse_quote!(+=), parse_quote!(/=)],
        BinOp::MulAssign(_) => vec![parse_quote!(+=), parse_quote!(/=)],
        BinOp::DivAssign(_) => vec![parse_quote!(%=), parse_quote!(*=)],
        BinOp::RemAssign(_) => vec![parse_quote!(/=), parse_quote!(+=)],
        BinOp::BitXorAssign(_) => vec![parse_quote!(|=), parse_quote!(&=)],
        BinOp::BitAndAssign(_) => vec![parse_quote!(|=), parse_quote!(^=)],
        BinOp::BitOrAssign(_) => vec![parse_quote!(&=), parse_quote!(^=)],
        BinOp::ShlAssign(_) => vec![parse_quote!(>>=)],
        BinOp::ShrAssign(_) => vec![parse_quote!(<<=)],
        _ => Vec::new(),
    }
}

/// The values that a function is made to return. Those of the wrong type do not compile, and are dropped.
pub(crate) fn of_body(output: &ReturnType) -> Vec<TokenStream> {
    match output {
        ReturnType::Default => vec![quote!(())],
        ReturnType::Type(_, kind) => values(kind),
    }
}

fn values(kind: &Type) -> Vec<TokenStream> {
    match kind {
        Type::Tuple(tuple) if tuple.elems.is_empty() => vec![quote!(())],
        Type::Array(array) => {
            let length = &array.len;
            values(&array.elem).into_iter().map(|value| quote!([#value; #length])).collect()
        }
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return Vec::new() };
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                    Some(GenericArgument::Type(inner)) => values(inner),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            };
            match last.ident.to_string().as_str() {
                "bool" => vec![quote!(true), quote!(false)],
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => vec![quote!(0), quote!(1)],
                "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => {
                    vec![quote!(0), quote!(1), quote!(-1)]
                }
                "f32" | "f64" => vec![quote!(0.0), quote!(1.0), quote!(-1.0)],
                "Option" => {
                    let some = inner.into_iter().map(|value| quote!(Some(#value)));
                    [quote!(None)].into_iter().chain(some).collect()
                }
                "Result" if last.arguments.is_empty() => vec![quote!(Ok(()))],
                "Result" => inner.into_iter().map(|value| quote!(Ok(#value))).collect(),
                "Vec" => vec![quote!(Vec::new())],
                "String" => vec![quote!(String::new())],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
