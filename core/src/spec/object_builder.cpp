#include "spec/object_builder.hpp"

namespace fairlead {

ObjectBuilder::ObjectBuilder(const Json& object) {
  if (!object.is_object()) return;
  members_.reserve(object.size());
  places_.reserve(object.size());
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) set(name, value);
}

void ObjectBuilder::set(std::string_view name, Json value) {
  const auto [place, added] = places_.emplace(std::string(name), members_.size());
  if (added) {
    members_.emplace_back(std::string(name), std::move(value));
  } else {
    members_[place->second].second = std::move(value);
  }
}

Json* ObjectBuilder::find(std::string_view name) {
  const auto found = places_.find(std::string(name));
  return found == places_.end() ? nullptr : &members_[found->second].second;
}

Json ObjectBuilder::take() {
  Json out = Json::object();
  auto& target = out.get_ref<Json::object_t&>();
  target.reserve(members_.size());
  for (auto& [name, value] : members_) target.emplace_back(std::move(name), std::move(value));
  return out;
}

}  // namespace fairlead
