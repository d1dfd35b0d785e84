// SPDX-License-Identifier: Apache-2.0
// The C ABI of explain.
#include "handles.hpp"
#include "view/explain.hpp"

struct cv_explanation {
  cv::Explanation data;
};

extern "C" {

size_t cv_explain_key_count(void) noexcept { return cv::explain_keys().size(); }

const char* cv_explain_key(size_t index) noexcept {
  // The table's keys are literals, so they end with a NUL.
  return index < cv::explain_keys().size() ? cv::explain_keys()[index].key.data() : nullptr;
}

uint32_t cv_explain_key_sample(size_t index) noexcept {
  return index < cv::explain_keys().size() ? cv::explain_keys()[index].sample : 0;
}

int32_t cv_explain(const cv_snapshot* snapshot, const char* key, cv_explanation** explanation,
                   cv_error* error) noexcept {
  if (snapshot == nullptr || key == nullptr || explanation == nullptr)
    return cv::report_bad_argument(error);
  *explanation = nullptr;
  return cv::guarded(error, [&]() -> std::int32_t {
    const cv::ExplainKey* known = cv::find_explain_key(key);
    if (known == nullptr)
      return cv::report({cv::ErrorKind::kNotFound, 0, key, 0, "no such figure"}, error);
    if (!snapshot->data.has(known->sample))
      return cv::report(CV_ERR_NOT_SAMPLED, {cv::ErrorKind::kInvalid, 0, key, 0, "not sampled"},
                        error);
    if (!snapshot->data.reads)
      return cv::report({cv::ErrorKind::kInvalid, 0, key, 0, "opened without CV_OPEN_RECORD_READS"},
                        error);
    auto made = std::make_unique<cv_explanation>();
    made->data = cv::explain(snapshot->data, *known);
    *explanation = made.release();
    return CV_OK;
  });
}

void cv_explanation_free(cv_explanation* explanation) noexcept { delete explanation; }

int32_t cv_get_explained(const cv_explanation* explanation, cv_explained* out) noexcept {
  if (explanation == nullptr || !cv::usable(out)) return CV_ERR_INVALID;
  static constexpr const char* kQualities[] = {"exact", "estimated", "host", "unavailable"};
  const cv::Explanation& data = explanation->data;
  cv_explained full{};
  full.key = data.key.c_str();
  full.value = data.value.c_str();
  full.quality = kQualities[static_cast<int>(data.quality)];
  full.is_number = data.number ? 1 : 0;
  full.is_integer = data.integer ? 1 : 0;
  full.number = data.number.value_or(0);
  full.integer = data.integer.value_or(0);
  full.formula = data.formula.c_str();
  return cv::copy_out(full, out);
}

size_t cv_explained_input_count(const cv_explanation* explanation) noexcept {
  return explanation == nullptr ? 0 : explanation->data.inputs.size();
}

int32_t cv_get_explained_input(const cv_explanation* explanation, size_t index,
                               cv_explained_input* out) noexcept {
  if (!cv::usable(out) || index >= cv_explained_input_count(explanation)) return CV_ERR_INVALID;
  const cv::Explanation::Input& input = explanation->data.inputs[index];
  cv_explained_input full{};
  full.path = input.path.c_str();
  full.text = input.text.c_str();
  full.value = input.value.c_str();
  return cv::copy_out(full, out);
}

size_t cv_explained_note_count(const cv_explanation* explanation) noexcept {
  return explanation == nullptr ? 0 : explanation->data.notes.size();
}

const char* cv_get_explained_note(const cv_explanation* explanation, size_t index) noexcept {
  if (index >= cv_explained_note_count(explanation)) return nullptr;
  return explanation->data.notes[index].c_str();
}

}  // extern "C"
