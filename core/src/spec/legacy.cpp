#include "spec/legacy.hpp"

#include "spec/json_access.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

void erase_member(Json& object, std::string_view name) {
  // ordered_json's own erase keeps the order too but wants a std::string.
  object.erase(std::string(name));
}

/// The object called `name`; an empty one when there is none or nothing in its place.
Json child_object(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found == nullptr || !found->is_object() ? Json::object() : *found;
}

/// Whether something stands there that can have no members: what moves there is lost, as with the
/// reference, and the value stays for whoever judges it.
bool is_in_the_way(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return truthy(found) && !found->is_object();
}

void move_extensions(Json& config, Json& vscode) {
  const Json* old = member(config, "extensions");
  if (!truthy(old)) return;
  const Json* present = member(vscode, "extensions");
  Json all = present != nullptr && present->is_array() ? *present : Json::array();
  if (old->is_array()) {
    all.insert(all.end(), old->begin(), old->end());
  } else {
    all.push_back(*old);
  }
  set_member(vscode, "extensions", std::move(all));
  erase_member(config, "extensions");
}

void move_settings(Json& config, Json& vscode) {
  const Json* old = member(config, "settings");
  if (!truthy(old)) return;
  Json all = old->is_object() ? *old : Json::object();
  const Json* present = member(vscode, "settings");
  if (present != nullptr && present->is_object()) {
    for (const auto& [name, value] : present->items()) set_member(all, name, value);
  }
  set_member(vscode, "settings", std::move(all));
  erase_member(config, "settings");
}

void move_dev_port(Json& config, Json& vscode) {
  const Json* old = member(config, "devPort");
  if (old == nullptr || member(vscode, "devPort") != nullptr) return;
  set_member(vscode, "devPort", *old);
  erase_member(config, "devPort");
}

}  // namespace

void move_legacy_properties(Json& config) {
  const bool any = truthy(member(config, "extensions")) || truthy(member(config, "settings")) ||
                   member(config, "devPort") != nullptr;
  if (!any) return;
  // Built aside: the references below would not survive members being added and erased above them.
  Json customizations = child_object(config, "customizations");
  Json vscode = child_object(customizations, "vscode");
  move_extensions(config, vscode);
  move_settings(config, vscode);
  move_dev_port(config, vscode);
  if (is_in_the_way(config, "customizations") || is_in_the_way(customizations, "vscode")) return;
  set_member(customizations, "vscode", std::move(vscode));
  set_member(config, "customizations", std::move(customizations));
}

}  // namespace fairlead
