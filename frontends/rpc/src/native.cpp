#include "native.hpp"

#include "base64.hpp"
#include "commands/options.hpp"
#include "json_text.hpp"
#include "methods.hpp"

#include <fairlead/inside.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace fairlead::rpc {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t usual_length = 1 << 20;
constexpr std::int64_t most_length = 8 << 20;  // an answer is a frame

[[noreturn]] void refuse(const std::string& why) {
  throw Error(Status::invalid, "rpc.params", why,
              "The method's parameters stand in `rpc.discover`.");
}

std::string required_text(const Json& own, const char* name) {
  const auto found = own.find(name);
  if (found == own.end() || !found->is_string() || found->get<std::string>().empty())
    refuse('\'' + std::string(name) + "' is missing.");
  return found->get<std::string>();
}

std::int64_t number(const Json& own, const char* name, std::int64_t otherwise) {
  const auto found = own.find(name);
  if (found == own.end()) return otherwise;
  if (!found->is_number_integer() || found->get<std::int64_t>() < 0)
    refuse('\'' + std::string(name) + "' is no whole number from 0 on.");
  return found->get<std::int64_t>();
}

std::string map(Core& core, const Selection& selection, const std::string& text,
                const std::stop_token& stop) {
  const auto own = Json::parse(text);
  const auto from = required_text(own, "from");
  if (from != "host" && from != "environment") refuse("'from' is \"host\" or \"environment\".");
  std::vector<std::string> paths;
  for (const auto& path : own.value("paths", Json::array())) {
    if (!path.is_string() || !path.get<std::string>().starts_with('/'))
      refuse("'paths' is a list of absolute paths.");
    paths.push_back(path.get<std::string>());
  }
  auto list = Json::array();
  const auto side = from == "host" ? PathSide::host : PathSide::environment;
  for (const auto& path : map_paths(core, selection, side, paths, stop)) {
    list.push_back(path ? Json(*path) : Json());
  }
  return Json{{"paths", std::move(list)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string read_file(Core& core, const Selection& selection, const std::string& text,
                      const std::stop_token& stop) {
  const auto own = Json::parse(text);
  const auto path = required_text(own, "path");
  const auto offset = number(own, "offset", 0);
  const auto length = std::min(number(own, "length", usual_length), most_length);
  const auto piece = read_inside(core, selection, path, offset, length, stop);
  return R"({"path":)" + cli::json_string(piece.path) + R"(,"size":)" + std::to_string(piece.size) +
         R"(,"offset":)" + std::to_string(piece.offset) + R"(,"data":")" + base64(piece.bytes) +
         "\"}";
}

std::string customizations_of(Core& core, const Selection& selection, const std::string& text,
                              const std::stop_token& stop) {
  return customizations(core, selection, required_text(Json::parse(text), "tool"), stop);
}

constexpr std::array methods = {
    NativeMethod{"environment/mapPaths",
                 "What files of the host are called in the environment, or the other way round",
                 R"({"from":{"enum":["host","environment"]},)"
                 R"("paths":{"type":"array","items":{"type":"string"}}})",
                 R"({"type":"object","properties":{"paths":{"type":"array",)"
                 R"("items":{"type":["string","null"]}}},"required":["paths"]})",
                 map},
    NativeMethod{"environment/readFile",
                 "A file in the environment, or a piece of it, as the remote user reads it",
                 R"({"path":{"type":"string"},"offset":{"type":"integer"},)"
                 R"("length":{"type":"integer"}})",
                 R"({"type":"object","properties":{"path":{"type":"string"},)"
                 R"("size":{"type":"integer"},"offset":{"type":"integer"},)"
                 R"("data":{"type":"string","contentEncoding":"base64"}}})",
                 read_file},
    NativeMethod{"configuration/customizations",
                 "The customizations of one tool, in order and merged",
                 R"({"tool":{"type":"string"}})",
                 R"({"type":"object","properties":{"entries":{"type":"array"},"merged":{}}})",
                 customizations_of},
};

}  // namespace

std::span<const NativeMethod> native_methods() { return methods; }

const NativeMethod* native_named(std::string_view name) {
  const auto found = std::ranges::find(methods, name, &NativeMethod::name);
  return found == methods.end() ? nullptr : &*found;
}

std::string run_native(const NativeMethod& method, std::string_view params,
                       std::shared_ptr<const cli::Caller> caller, EventSink& log) {
  auto rest = Json::parse(params.begin(), params.end(), nullptr, false);
  if (!rest.is_object()) refuse("The parameters are not an object.");
  Json own = Json::object();
  const auto schemas = Json::parse(method.parameters);
  for (const auto& [name, schema] : schemas.items()) {
    const auto found = rest.find(name);
    if (found == rest.end()) continue;
    own[name] = *found;
    rest.erase(found);
  }
  auto arguments = arguments_of(cli::CommandId::status, rest.dump());
  const auto stop = caller->stop;
  arguments.set_caller(std::move(caller));
  Core core(cli::core_options(arguments), log);
  return method.run(core, cli::selection_of(arguments), own.dump(), stop);
}

}  // namespace fairlead::rpc
