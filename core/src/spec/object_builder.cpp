#include "spec/object_builder.hpp"

namespace fairlead {

ObjectBuilder::ObjectBuilder(const Json& object) {
  if (!object.is_object()) return;
  places_.reserve(object.size());
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) set(name, value);
}

void ObjectBuilder::set(std::string_view name, Json value) {
  if (Json* there = find(name)) {
    *there = std::move(value);
    return;
  }
  auto& [own_name, own_value] = members_.emplace_back(std::string(name), std::move(value));
  places_.emplace(own_name, &own_value);
}

Json* ObjectBuilder::find(std::string_view name) {
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : found->second;
}

Json ObjectBuilder::take() {
  places_ = {};
  Json out = Json::object();
  auto& target = out.get_ref<Json::object_t&>();
  target.reserve(members_.size());
  for (; !members_.empty(); members_.pop_front()) {
    auto& [name, value] = members_.front();
    target.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

}  // namespace fairlead
