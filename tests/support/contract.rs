//! Every answer against openapi.yaml: its operation, its status, its body's schema.
//! No requests.

use std::{collections::HashMap, sync::LazyLock};

use jsonschema::Validator;
use serde_json::{Value, json};

/// One operation of the contract.
pub struct Operation {
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    pub id: String,
    responses: HashMap<String, Option<Validator>>,
}

/// Every operation. The committed text is compared with the code by a test of its own.
pub static CONTRACT: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let contract: Value =
        serde_json::from_str(&pass_numerique::http::openapi::json().unwrap()).unwrap();
    let components = contract["components"].clone();
    let mut operations = Vec::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answer = |(status, response): (&String, &Value)| {
                let schema = ["application/json", "application/problem+json"]
                    .iter()
                    .map(|kind| &response["content"][*kind]["schema"])
                    .find(|schema| !schema.is_null());
                let validator = schema.map(|schema| {
                    let root = json!({ "allOf": [schema], "components": components });
                    jsonschema::draft202012::new(&root).unwrap()
                });
                (status.clone(), validator)
            };
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: operation["operationId"].as_str().unwrap().to_owned(),
                responses: operation["responses"].as_object().unwrap().iter().map(answer).collect(),
            });
        }
    }
    operations
});

/// The examples of the contract's schemas that their own schema refuses.
pub fn wrong_examples() -> (usize, Vec<String>) {
    let contract = pass_numerique::http::openapi::json().unwrap();
    let contract: Value = serde_json::from_str(&contract).unwrap();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (name, schema) in contract["components"]["schemas"].as_object().unwrap() {
        let Some(example) = schema.get("example") else { continue };
        seen += 1;
        let root = json!({ "allOf": [schema], "components": contract["components"] });
        let validator = jsonschema::draft202012::new(&root).unwrap();
        wrong.extend(validator.iter_errors(example).map(|error| format!("{name}: {error}")));
    }
    (seen, wrong)
}

impl Operation {
    fn matches(&self, method: &str, path: &str) -> bool {
        let (ours, theirs) = (self.path.split('/'), path.split('/'));
        self.method == method
            && ours.clone().count() == theirs.clone().count()
            && ours.zip(theirs).all(|(ours, theirs)| ours.starts_with('{') || ours == theirs)
    }
}

/// Panics if the contract does not foresee this answer.
pub fn check(method: &str, path: &str, status: u16, body: &str) {
    let path = path.split('?').next().unwrap();
    // A fixed path wins over one with a parameter.
    let mut found: Vec<_> = CONTRACT.iter().filter(|one| one.matches(method, path)).collect();
    found.sort_by_key(|operation| operation.path.matches('{').count());
    let Some(operation) = found.first() else {
        assert!(matches!(status, 404 | 405), "{method} {path} is not in the contract: {status}");
        return;
    };
    let id = &operation.id;
    let Some(validator) = operation.responses.get(&status.to_string()) else {
        panic!("{id}: the contract has no {status}: {body}")
    };
    let Some(validator) = validator else { return };
    if body.starts_with('{') || body.starts_with('[') {
        let value: Value = serde_json::from_str(body).unwrap();
        let wrong: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{id} {status}: {wrong:?} in {body}");
    }
}
