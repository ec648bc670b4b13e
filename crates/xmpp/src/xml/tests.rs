//! What is read, what is refused, and that what is written is read back.

use proptest::prelude::*;

use super::{Element, Node, XmlError, read, read_document};
use crate::{
    limits::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, FRAME_MAX},
    ns,
};

fn refused(text: &str, expect: XmlError) {
    assert_eq!(read(text), Err(expect), "{text}");
}

#[test]
fn names_are_expanded_by_the_declarations_in_scope() {
    let features = read(
        "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
         <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><required/></bind><a/></stream:features>",
    )
    .unwrap();
    assert!(features.is("features", ns::STREAM));
    assert!(features.first("bind", ns::BIND).unwrap().first("required", ns::BIND).is_some());
    assert!(features.first("a", ns::CLIENT).is_some());
}

#[test]
fn attributes_take_no_default_namespace_and_keep_xml_lang_apart() {
    let element = read("<a xmlns='u' xmlns:p='v' lang='1' xml:lang='2' p:lang='3'/>").unwrap();
    assert_eq!(element.attribute("lang"), Some("1"));
    assert_eq!(element.attributes.len(), 3);
}

#[test]
fn text_is_resolved_and_joined() {
    let element = read("<a>1 &lt;&#50;&#x33;<![CDATA[ & 4]]>\r\n5</a>").unwrap();
    assert_eq!(element.children, [Node::Text("1 <23 & 4\n5".to_owned())]);
    assert_eq!(read("<a b='x&quot;\ty'/>").unwrap().attribute("b"), Some("x\" y"));
}

#[test]
fn what_xmpp_forbids_is_refused() {
    refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", XmlError::Restricted);
    refused("<a><!-- b --></a>", XmlError::Restricted);
    refused("<?xml version='1.0'?><a/>", XmlError::Restricted);
    refused("<a><?b?></a>", XmlError::Restricted);
    for text in [
        "<a>&b;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#xFFFE;</a>",
        "<a>&#+65;</a>",
        "<a>&#x;</a>",
        "<a>&amp</a>",
        "<a b='&c;'/>",
        "<a>&#99999999999;</a>",
        "<a>&AMP;</a>",
    ] {
        refused(text, XmlError::Reference);
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for text in ["<a b='1' b='2'/>", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"] {
        refused(text, XmlError::Duplicate);
    }
    for text in [
        "<p:a/>",
        "<a p:b='1'/>",
        "<a xmlns:p=''/>",
        "<a xmlns:xml='u'/>",
        "<a xmlns:xmlns='u'/>",
        "<p:q:a xmlns:p='u'/>",
        "<:a/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
    ] {
        refused(text, XmlError::Prefix);
    }
    for text in ["", "<", "<a", "<a ", "<a b", "<a b='", "<a>", "<a></a", "<a>b", "<a><![CDATA[b"] {
        assert!(matches!(read(text), Err(XmlError::Ended | XmlError::Malformed)), "{text}");
    }
    for text in [
        "<a b/>",
        "<a b=1/>",
        "<a b='1'c='2'/>",
        "<a b='<'/>",
        "<1/>",
        "< a/>",
        "<a>]]></a>",
        "<a>\u{1}</a>",
        "<a\u{0}/>",
        "<a/ >",
        "<a></a b>",
    ] {
        refused(text, XmlError::Malformed);
    }
    refused("<a></b>", XmlError::Mismatch);
    refused("<p:a xmlns:p='u' xmlns:q='u'></q:a>", XmlError::Mismatch);
    for text in ["<a/><b/>", " <a/>", "<a/> ", "a", "</a>"] {
        refused(text, XmlError::Outside);
    }
}

#[test]
fn size_depth_and_attributes_are_bounded() {
    let deep = |levels: usize| "<a>".repeat(levels) + &"</a>".repeat(levels);
    assert!(read(&deep(DEPTH_MAX)).is_ok());
    refused(&deep(DEPTH_MAX + 1), XmlError::TooDeep { max: DEPTH_MAX });
    refused(&"<a>".repeat(1_000_000), XmlError::TooDeep { max: DEPTH_MAX });
    let many = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
    assert!(read(&many(ELEMENTS_MAX)).is_ok());
    refused(&many(ELEMENTS_MAX + 1), XmlError::TooManyElements { max: ELEMENTS_MAX });
    let wide = |count: usize| {
        let attributes: String = (0..count).map(|index| format!(" a{index}=''")).collect();
        format!("<a{attributes}/>")
    };
    assert!(read(&wide(ATTRIBUTES_MAX)).is_ok());
    refused(&wide(ATTRIBUTES_MAX + 1), XmlError::TooManyAttributes { max: ATTRIBUTES_MAX });
    let long = format!("<a>{}</a>", "b".repeat(FRAME_MAX));
    refused(&long, XmlError::TooLong { size: long.len(), max: FRAME_MAX });
}

#[test]
fn a_document_may_have_a_declaration() {
    assert_eq!(
        read_document("<?xml version='1.0' encoding='UTF-8'?>\n<a/>\n").unwrap(),
        Element::new("a", "")
    );
    assert_eq!(read_document("<?xml <!DOCTYPE a>"), Err(XmlError::Ended));
}

fn element() -> impl Strategy<Value = Element> {
    let name = "[a-z][a-z0-9.-]{0,5}";
    let namespace = prop_oneof![Just(String::new()), "[a-z&' <]{1,6}".prop_map(|text| text)];
    let leaf = (name, namespace, prop::collection::btree_map("[a-z]{1,4}", "\\PC*", 0..4))
        .prop_map(|(name, namespace, attributes)| {
            attributes
                .iter()
                .filter(|(name, _)| *name != "xmlns")
                .fold(Element::new(&name, &namespace), |element, (name, value)| {
                    element.with(name, value)
                })
        });
    leaf.prop_recursive(4, 24, 4, |inner| {
        (
            inner.clone(),
            prop::collection::vec(
                prop_oneof![inner.prop_map(Ok), "\\PC{0,9}[\t\r\n]?".prop_map(Err)],
                0..4,
            ),
        )
            .prop_map(|(outer, children)| {
                children.into_iter().fold(outer, |outer, child| match child {
                    Ok(element) => outer.child(element),
                    Err(text) => outer.text(&text),
                })
            })
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(element in element()) {
        prop_assert_eq!(read(&element.to_string()), Ok(element));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[<>&;/='\"a:x#!\\[\\] \\PC]{0,60}") {
        if let Ok(element) = read(&text) {
            prop_assert_eq!(read(&element.to_string()), Ok(element));
        }
    }
}
