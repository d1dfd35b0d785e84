// SPDX-License-Identifier: Apache-2.0
// The only file that includes the JSON library.
#include "common/json.hpp"

#include <nlohmann/json.hpp>
#include <vector>

namespace cvtools {
namespace {

using Node = nlohmann::ordered_json;

Node node_of(const Value& value) {
  return std::visit(
      [](const auto& held) -> Node {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

}  // namespace

struct JsonDocument::Tree {
  Node root = Node::object();
  // What is open, outermost first. Only the last one grows, so the pointers stay good.
  std::vector<Node*> open{&root};
};

JsonDocument::JsonDocument() : tree_(std::make_unique<Tree>()) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

void JsonDocument::put(std::string_view key, const Value& value) {
  (*tree_->open.back())[std::string(key)] = node_of(value);
}

void JsonDocument::open_object(std::string_view key) {
  Node& node = (*tree_->open.back())[std::string(key)];
  node = Node::object();
  tree_->open.push_back(&node);
}

void JsonDocument::open_array(std::string_view key) {
  Node& node = (*tree_->open.back())[std::string(key)];
  node = Node::array();
  tree_->open.push_back(&node);
}

void JsonDocument::push(const Value& value) { tree_->open.back()->push_back(node_of(value)); }

void JsonDocument::push_object() {
  tree_->open.back()->push_back(Node::object());
  tree_->open.push_back(&tree_->open.back()->back());
}

void JsonDocument::close() { tree_->open.pop_back(); }

std::string JsonDocument::text(JsonStyle style) const {
  const int indent = style == JsonStyle::kPretty ? 2 : -1;
  return tree_->root.dump(indent, ' ', false, Node::error_handler_t::replace) + "\n";
}

}  // namespace cvtools
