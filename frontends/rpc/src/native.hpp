#pragma once

#include "caller.hpp"

#include <fairlead/core.hpp>

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::rpc {

/// A method that no command of the command line has.
struct NativeMethod {
  std::string_view name;
  std::string_view purpose;
  std::string_view parameters;  ///< JSON text: the properties of its own parameters' schema
  std::string_view result;      ///< JSON text: a schema
  /// `own` is the JSON text of its own parameters. Returns JSON text.
  std::string (*run)(Core& core, const Selection& selection, const std::string& own,
                     const std::stop_token& stop);
};

std::span<const NativeMethod> native_methods();
const NativeMethod* native_named(std::string_view name);

/// Runs it. Beside its own parameters it takes those that say which environment is meant, as
/// `status` does. Throws Error, "rpc.params" for parameters that it has not.
std::string run_native(const NativeMethod& method, std::string_view params,
                       std::shared_ptr<const cli::Caller> caller, EventSink& log);

}  // namespace fairlead::rpc
