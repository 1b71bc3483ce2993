#pragma once

#include "spec/document.hpp"
#include "spec/json_access.hpp"

#include <fairlead/config_model.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {

/// A hook's property, and what mergedConfiguration calls the list of all of them (IMG-027).
struct HookName {
  Hook hook;
  std::string_view name;
  std::string_view plural;
};

inline constexpr std::array<HookName, 5> hook_names = {{
    {Hook::on_create, "onCreateCommand", "onCreateCommands"},
    {Hook::update_content, "updateContentCommand", "updateContentCommands"},
    {Hook::post_create, "postCreateCommand", "postCreateCommands"},
    {Hook::post_start, "postStartCommand", "postStartCommands"},
    {Hook::post_attach, "postAttachCommand", "postAttachCommands"},
}};

/// One hook's value: string, array of strings, or object of those. CFG-064..066. `label` names it
/// in faults.
LifecycleCommand read_lifecycle_command(const Json& value, const std::string& pointer,
                                        const std::string& label, Faults& faults);

}  // namespace fairlead
