#include "engine/early_list.hpp"

#include "engine/deadlines.hpp"
#include "engine/find.hpp"

namespace fairlead {
namespace {

std::string choice(const std::string& backend, const Settings& settings) {
  return settings.text("host") + '\n' + settings.text("backend") + '\n' +
         settings.plugin_json(backend);
}

std::optional<EarlyList::Answer> ask(Core& core, const std::string& name, const Settings& settings,
                                     const std::string& folder, const std::stop_token& stop) {
  try {
    const auto backend = backend_on(core, name, settings.text("backend"), settings);
    auto listed =
        backend->list({.labels = {std::string(folder_label) + '=' + folder}}, question(stop));
    return EarlyList::Answer{backend, folder, std::move(listed.instances)};
  } catch (const Error&) {  // whoever needs the answer asks again, and hears why there is none
    return std::nullopt;
  }
}

}  // namespace

EarlyList::EarlyList(Core& core, const Settings& settings, std::string folder)
    : folder_(std::move(folder)) {
  try {
    name_ = backend_candidates(core, settings, Scenario::image).front();
  } catch (const Error&) {  // there is none; that is said when it is needed
    return;
  }
  wanted_ = choice(name_, settings);
  asked_ = std::chrono::steady_clock::now();
  answer_ = std::async(std::launch::async, [&core, this, settings] {
    return ask(core, name_, settings, folder_, stop_.get_token());
  });
}

EarlyList::~EarlyList() {
  stop_.request_stop();
  if (answer_.valid()) answer_.wait();
}

std::optional<EarlyList::Answer> EarlyList::take(const std::string& backend,
                                                 const Settings& settings) {
  constexpr std::chrono::seconds good_for{3};
  if (!answer_.valid() || backend != name_ || choice(backend, settings) != wanted_) return {};
  if (std::chrono::steady_clock::now() - asked_ > good_for) return {};
  return answer_.get();
}

}  // namespace fairlead
