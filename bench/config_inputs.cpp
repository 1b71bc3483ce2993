#include "config_inputs.hpp"

#include <cstddef>

namespace fairlead::bench {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::string number(int n) { return std::to_string(n); }

/// `head`, then `item` over and over (with its number for every '#') up to a mebibyte, then `tail`.
std::string filled(std::string head, const std::string& item, const std::string& tail,
                   const std::string& separator = ",") {
  std::string out = std::move(head);
  for (int n = 0; out.size() + item.size() + tail.size() + 16 < mebibyte; ++n) {
    if (n > 0) out += separator;
    for (const char c : item) {
      if (c == '#') {
        out += number(n);
      } else {
        out += c;
      }
    }
  }
  return out + tail;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

std::string usual_config(int lines) {
  const int part = lines / 8;
  std::string out = "{\n  // generated\n  \"name\": \"bench\",\n  \"image\": \"debian:12\",\n";
  const auto block = [&](const std::string& name, char open, char close, auto item) {
    out += "  \"" + name + "\": " + open + '\n';
    for (int i = 0; i < part; ++i) out += "    " + item(i) + (i + 1 < part ? ",\n" : "\n");
    out += std::string("  ") + close + ",\n";
  };
  block("containerEnv", '{', '}', [](int i) {
    return "\"VARIABLE_" + number(i) + "\": \"${localEnv:HOME}/value/" + number(i) + "\"";
  });
  block("remoteEnv", '{', '}', [](int i) {
    return "\"REMOTE_" + number(i) + "\": \"${containerEnv:PATH}:/opt/" + number(i) + "/bin\"";
  });
  block("mounts", '[', ']', [](int i) {
    return "\"type=volume,source=${devcontainerId}-" + number(i) + ",target=/mnt/" + number(i) +
           '"';
  });
  block("forwardPorts", '[', ']', [](int i) { return number(3000 + i); });
  block("portsAttributes", '{', '}', [](int i) {
    return '"' + number(3000 + i) + "\": {\"label\": \"port " + number(i) +
           "\", \"onAutoForward\": \"notify\"}";
  });
  block("runArgs", '[', ']', [](int i) { return "\"--label=bench.item=" + number(i) + '"'; });
  block("features", '{', '}',
        [](int i) { return "\"./features/f" + number(i) + "\": {\"version\": \"1\"}"; });
  out += "  \"customizations\": {\"vscode\": {\"settings\": {\n";
  for (int i = 0; i < part; ++i) {
    out += "    \"editor.setting" + number(i) + "\": {\"on\": true, \"n\": " + number(i) +
           (i + 1 < part ? "},\n" : "}\n");
  }
  return out + "  }}},\n  \"postCreateCommand\": \"make ${localWorkspaceFolderBasename}\"\n}\n";
}

std::string usual_label(int entries) {
  std::string out = "[";
  for (int i = 0; i < entries; ++i) {
    out += (i > 0 ? "," : "") + std::string("{\"id\":\"./features/f") + number(i) +
           "\",\"postCreateCommand\":\"setup " + number(i) + "\",\"capAdd\":[\"CAP_" +
           number(i % 7) + "\"],\"mounts\":[{\"type\":\"volume\",\"source\":\"v" + number(i) +
           "\",\"target\":\"/v/" + number(i % 30) +
           "\"}],\"customizations\":{\"vscode\":{\"extensions\":[\"a.b" + number(i) + "\"]}}}";
  }
  return out + "]";
}

std::vector<HostileInput> hostile_inputs() {
  const std::string deep = repeated("[", 500) + repeated("]", 500);
  const std::string wide_and_deep = repeated(R"({"a_rather_long_name":)", 500);
  return {
      {"brackets", repeated("[", mebibyte)},
      {"deep lists", filled(R"({"x":[)", deep, "]}")},
      {"deep names", filled("{\"x\":" + wide_and_deep + "[", "#", "]" + repeated("}", 501))},
      {"numbers", filled(R"({"runArgs":[)", "1", "]}")},
      {"empty objects", filled(R"({"mounts":[)", "{}", "]}")},
      {"properties", filled("{", "\"#\":0", "}")},
      {"one property", filled("{", "\"a\":0", "}")},
      {"variables", filled(R"({"containerEnv":{)", "\"A#\":\"\"", "}}")},
      {"wrong values", filled(R"({"containerEnv":{)", "\"A#\":[]", "}}")},
      {"tools", filled(R"({"customizations":{)", "\"t#\":{}", "}}")},
      {"mounts", filled(R"({"mounts":[)", R"("target=/#")", "]}")},
      {"one mount", filled(R"({"mounts":[)", R"("target=/x")", "]}")},
      {"capabilities", filled(R"({"capAdd":[)", R"("#")", "]}")},
      {"ports", filled(R"({"forwardPorts":[)", R"("h#:1")", "]}")},
      {"hooks", filled(R"({"postCreateCommand":{)", "\"#\":[\"a\"]", "}}")},
      {"dollars", filled(R"({"name":")", "$", "\"}", "")},
      {"opened variables", filled(R"({"name":")", "${", "\"}", "")},
      {"opened, closed once", filled(R"({"name":")", "${", "}\"}", "")},
      {"opened on each line", filled(R"({"name":")", "${\\n", "}\"}", "")},
      {"unknown variables", filled(R"({"name":")", "${x}", "\"}", "")},
      {"known variables", filled(R"({"name":")", "${localEnv:A}", "\"}", "")},
      {"colons", filled(R"({"name":"${localEnv)", ":", "}\"}", "")},
      {"comments", filled(R"({"name":"x"})", "/*/ */", "", "")},
      {"escapes", filled(R"({"name":")", "\\u00e4", "\"}", "")},
      {"faults on one line", filled(R"({"x":[)", "nope, 5 5 ", "]}")},
      {"a fault on each line", filled(R"({"x":[)", "nope, \"\\q\n", "]}")},
      {"never closed texts", filled("{", "\"#\n\"", "}")},
      {"digits", filled(R"({"x":)", "1", "}", "")},
  };
}

}  // namespace fairlead::bench
